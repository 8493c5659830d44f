/**
 * Whole training steps on the device: image augmentation, forward, feature augmentation, loss, gradients, optimizer,
 * momentum network and queue, held to the float64 reference of the same graph from the same variables.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile } from '../../compiler/compile.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import type { Graph } from '../../compiler/graph/graph.js'
import { entry, u8 } from '../../compiler/language/entry.js'
import { augment } from '../../models/augment/feature.js'
import { imageView, plainImage } from '../../models/augment/image.js'
import { dropoutMask } from '../../models/augment/operators/mask.js'
import { featureMixup } from '../../models/augment/operators/mix.js'
import { gaussianNoise } from '../../models/augment/operators/noise.js'
import { generator } from '../../models/data/random.js'
import { convnet } from '../../models/encoders/convnet.js'
import { predictor, projector } from '../../models/heads.js'
import { moco } from '../../models/methods/moco.js'
import { simsiam } from '../../models/methods/simsiam.js'
import { biasAndNorm } from '../../models/optimizers/optimizer.js'
import { sgd } from '../../models/optimizers/sgd.js'
import { cosineSchedule, momentumCosine } from '../../models/schedules.js'
import { train } from '../../models/train.js'
import { load, type Session } from '../../runtime/node.js'
import { closeTestDevice, testDevice } from '../device.js'
import { checkRoundTrip } from '../graph/roundtrip.js'

const [BATCH, SIZE] = [8, 8]
const random = generator(23)
const images = Array.from({ length: 3 }, () =>
  Uint8Array.from({ length: BATCH * SIZE * SIZE * 3 }, () => random() * 256),
)

const optimizer = () =>
  sgd({ learningRate: cosineSchedule(0.1, { steps: 10, warmup: 1 }), weightDecay: 5e-4, exclude: biasAndNorm })
const methods = {
  simsiam: () =>
    simsiam({
      encoder: convnet({ width: 4, stages: 2 }),
      projector: projector(8, { out: 12, hidden: 8, batchNorm: true, lastBatchNorm: true }),
      predictor: predictor(12, { hidden: 4 }),
      augment: [
        augment({ operator: gaussianNoise(), cosine: 0.9, at: 'projection', branch: 'online', flow: 'full' }),
        augment({
          operator: featureMixup({ law: 'beta' }),
          at: 'pooled',
          branch: 'online',
          flow: 'straight-through',
          compose: 'add',
        }),
      ],
    }),
  moco: () =>
    moco({
      encoder: convnet({ width: 4, stages: 2 }),
      projector: projector(8, { out: 6, hidden: 8 }),
      queue: 20,
      momentum: momentumCosine(0.9, { steps: 10 }),
      augment: augment({
        operator: dropoutMask(),
        cosine: 0.9,
        at: 'pooled',
        branch: 'both',
        compose: 'add',
        weight: 0.5,
      }),
    }),
}

function entriesOf(name: keyof typeof methods) {
  const method = methods[name]()
  const bytes = { images: u8(['batch', SIZE, SIZE, 3]) }
  return {
    step: entry(bytes, ({ images }) =>
      train(method, optimizer(), [imageView(images, 'simsiam-cifar'), imageView(images, 'moco-cifar')]),
    ),
    embed: entry(bytes, ({ images }) => ({ features: method.embed(plainImage(images, 'simsiam-cifar')) })),
  }
}
/** The graphs of a method as traced, and its compiled program at seed 5; made once. */
const sessions = new Map<string, ReturnType<typeof prepare>>()
function loaded(name: keyof typeof methods) {
  const made = sessions.get(name) ?? prepare(name)
  sessions.set(name, made)
  return made
}
async function prepare(name: keyof typeof methods) {
  const graphs: Record<string, Graph> = {}
  const program = compile(
    entriesOf(name),
    { batch: BATCH },
    {
      observe: stage => {
        if (stage.name === 'trace') graphs[stage.entry] = checkRoundTrip(stage.graph)
      },
    },
  )
  return { graphs, session: await load(await testDevice(), program, { seed: 5 }) }
}

/** The worst difference relative to the largest element. */
function worst(actual: ArrayLike<number>, expected: Float64Array): number {
  const scale = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-3)
  return expected.reduce(
    (most, x, i) => Math.max(most, Number.isFinite(actual[i]!) ? Math.abs(x - actual[i]!) / scale : Infinity),
    0,
  )
}

for (const name of Object.keys(methods) as (keyof typeof methods)[]) {
  test(`${name}: steps on the device agree with the reference to 1e-4`, async () => {
    const { graphs, session } = await loaded(name)
    let variables = (await session.readVariables()) as Record<string, ArrayLike<number>>
    const start = evaluate(graphs.init!, { variables: { seed: 5 } }).variables
    for (const [variable, { data }] of Object.entries(start)) {
      const apart = worst(variables[variable]!, data)
      assert.ok(apart < 1e-3, `init, ${variable}: ${apart}`)
    }
    for (const [step, batch] of images.entries()) {
      const expected = evaluate(graphs.step!, { inputs: { images: batch }, variables })
      const outputs = (await session.call('step', { images: batch })) as Record<string, ArrayLike<number> | number>
      variables = (await session.readVariables()) as Record<string, ArrayLike<number>>
      for (const [output, { data }] of Object.entries(expected.outputs)) {
        const value = outputs[output]!
        const apart = worst(typeof value === 'number' ? [value] : value, data)
        assert.ok(apart < 1e-4, `step ${step}, output ${output}: ${apart}`)
      }
      for (const [variable, { data }] of Object.entries(expected.variables)) {
        const apart = worst(variables[variable]!, data)
        assert.ok(apart < 1e-4, `step ${step}, ${variable}: ${apart}`)
      }
    }
    assert.is(variables.step![0], images.length)
    const embedded = (await session.call('embed', { images: images[0]! })) as Record<string, ArrayLike<number>>
    const features = evaluate(graphs.embed!, { inputs: { images: images[0]! }, variables }).outputs.features!
    assert.ok(worst(embedded.features!, features.data) < 1e-4)
  })

  test(`${name}: the same seed gives bit-equal weights, another seed others`, async () => {
    const { session } = (await loaded(name)) as { session: Session }
    /** All variables after steps from the start. */
    const after = async (seed: number) => {
      await session.writeVariables({ seed: Uint32Array.of(seed) })
      session.run('init', {})
      for (const batch of images) session.run('step', { images: batch })
      return session.readVariables()
    }
    const [one, same, other] = [await after(5), await after(5), await after(6)]
    assert.equal(one, same)
    assert.not.equal(one['encoder.stage1.0.weight'], other['encoder.stage1.0.weight'])
    session.destroy()
  })
}

test.after(closeTestDevice)
test.run()
