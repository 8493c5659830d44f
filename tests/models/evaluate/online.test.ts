/** The online probe: it learns, and the encoder does not notice. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile } from '../../../compiler/compile.js'
import { targetFor } from '../../../compiler/kernels/target.js'
import { entry, u8 } from '../../../compiler/language/entry.js'
import { cast } from '../../../compiler/ops/index.js'
import { imageView } from '../../../models/augment/image.js'
import { batches } from '../../../models/data/batches.js'
import { convnet } from '../../../models/encoders/convnet.js'
import type { Encoder } from '../../../models/encoders/encoder.js'
import { withProbe, withProbeRate } from '../../../models/evaluate.js'
import { projector } from '../../../models/heads.js'
import { moco } from '../../../models/methods/moco.js'
import { simclr } from '../../../models/methods/simclr.js'
import { sgd } from '../../../models/optimizers/sgd.js'
import { train } from '../../../models/train.js'
import { load } from '../../../runtime/load.js'
import type { Session } from '../../../runtime/run.js'
import { closeTestDevice, testDevice } from '../../device.js'
import { colourSet, SIDE } from './colours.js'

const device = await testDevice()
test.after(closeTestDevice)
const set = colourSet()
const encoder = () => convnet({ width: 4, stages: 2 })
const methods = {
  simclr: (encoder: Encoder) => simclr({ encoder, projector: projector(8, { out: 8 }) as never }),
  moco: (encoder: Encoder) => moco({ encoder, projector: projector(8, { out: 8 }) as never, queue: 60 }),
}

/** Ten steps; the variables after them, and what the last step reported. */
async function trained(name: keyof typeof methods, probed: boolean) {
  const optimizer = sgd({ learningRate: 0.05 })
  const own = encoder()
  const method: any = probed ? withProbe(own, methods[name] as any, { classes: 3 }) : methods[name](own as never)
  const bytes = u8(['batch', SIDE, SIDE, 3])
  const step = entry({ images: bytes, labels: u8(['batch']) }, ({ images, labels }: any) => {
    const pair = [imageView(images, 'weak'), imageView(images, 'weak')] as const
    return probed
      ? train(method, withProbeRate(optimizer, 0.5), pair as never, { labels: cast(labels, 'i32') } as never)
      : train(method, optimizer, pair as never)
  })
  const program = compile({ step } as never, { batch: 30 } as never, { target: targetFor(device) })
  const session = await load(device, program, { seed: 3 })
  let done = 0
  let outputs: Record<string, any> = {}
  const inputs = program.entries.step!.inputs.map(({ name }) => name)
  for await (const batch of batches<any>(set, { batch: 30, seed: 1 })) {
    const given = Object.fromEntries(inputs.map(name => [name, (batch as any)[name]]))
    outputs = await (session as Session).call('step', given)
    if (++done === 10) break
  }
  const variables = await session.readVariables()
  session.destroy()
  return { variables, outputs, method }
}

for (const name of Object.keys(methods) as (keyof typeof methods)[])
  test(`${name}: the probe learns from the labels, the encoder does not`, async () => {
    const [plain, probed] = [await trained(name, false), await trained(name, true)]
    assert.ok(probed.outputs.probeAccuracy[0] > 0.9, `${probed.outputs.probeAccuracy[0]}`)
    assert.ok(probed.outputs.probeLoss[0] < Math.log(3), `${probed.outputs.probeLoss[0]}`)
    // The loss of the step is that of the method and that of the probe.
    const rest = probed.outputs.loss[0] - probed.outputs.probeLoss[0]
    assert.ok(Math.abs(rest - plain.outputs.loss[0]) < 1e-4 * Math.abs(rest), `${rest}, ${plain.outputs.loss[0]}`)
    const names = Object.keys(plain.variables)
    assert.ok(names.includes('encoder.stage1.0.weight') && !names.includes('probe.weight'))
    assert.ok('probe.weight' in probed.variables && 'optimizer.probe.weight.momentum' in probed.variables)
    for (const variable of names) {
      const [before, after] = [plain.variables[variable]!, probed.variables[variable]]
      assert.ok(after, `${variable} is still there`)
      const apart = Math.max(...[...before].map((x, i) => Math.abs(x - after![i]!)))
      assert.ok(apart < 1e-4, `${variable} differs by ${apart}`)
    }
    assert.is(probed.method.labels, 'labels')
    assert.is(probed.method.label, plain.method.label)
  })

test('a method that leaves out the encoder it was given is refused', () => {
  const other = methods.simclr(encoder() as never)
  const method: any = withProbe(encoder() as any, () => other as any, { classes: 3 })
  const step = entry({ images: u8([4, SIDE, SIDE, 3]), labels: u8([4]) }, ({ images, labels }: any) =>
    train(
      method,
      sgd({ learningRate: 0.1 }),
      [imageView(images, 'weak'), imageView(images, 'weak')] as never,
      { labels: cast(labels, 'i32') } as never,
    ),
  )
  assert.throws(() => compile({ step }, {}), /withProbe: the loss of simclr never called the encoder/)
})

test.run()
