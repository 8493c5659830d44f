/** Storage in f16, as text before and after, as kernels, and as bytes of a training step; values held to f32. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type CompileOptions, compile, compileGraphs } from '../../compiler/compile.js'
import { grad } from '../../compiler/gradient/reverse.js'
import { evaluate } from '../../compiler/graph/evaluate.js'
import { type Graph, nodes } from '../../compiler/graph/graph.js'
import type { Untyped } from '../../compiler/graph/node.js'
import { print } from '../../compiler/graph/print.js'
import { numel } from '../../compiler/graph/shape.js'
import { LimitError, targetFor } from '../../compiler/index.js'
import { type Kernel, writes } from '../../compiler/kernels/kernel.js'
import { software } from '../../compiler/kernels/target.js'
import { entry, trace, u8 } from '../../compiler/language/entry.js'
import { mean } from '../../compiler/language/math.js'
import { module, parametersOf, update } from '../../compiler/language/module.js'
import { constant, dot, exp, mul, permute, square, sub } from '../../compiler/ops/index.js'
import { optimize } from '../../compiler/passes/pipeline.js'
import { imageView } from '../../models/augment/image.js'
import { convnet } from '../../models/encoders/convnet.js'
import { predictor, projector } from '../../models/heads.js'
import { simsiam } from '../../models/methods/simsiam.js'
import { sgd } from '../../models/optimizers/sgd.js'
import { train } from '../../models/train.js'
import { load } from '../../runtime/node.js'
import { closeTestDevice, testDevice } from '../device.js'
import { golden } from '../golden.js'
import { checkRoundTrip } from '../graph/roundtrip.js'
import { runnable } from '../halves.js'

const [ROWS, FEATURES, OUT] = [96, 64, 64]

/** Gradient descent on a layer, its activation and its mean square; `small` has too few elements to be rounded. */
function step(): Graph {
  const network = module(({ param }) => {
    const weight = param('weight', [OUT, FEATURES], shape => constant(0.1, shape)) as Untyped
    const small = param('small', [OUT, 8], shape => constant(0.1, shape)) as Untyped
    return (x: Untyped): Untyped => dot(exp(dot(x, permute(weight, [1, 0]) as Untyped) as Untyped) as Untyped, small)
  })
  return trace(
    'step',
    entry({ x: [ROWS, FEATURES] }, ({ x }) => {
      const loss: Untyped = mean(square(network(x as Untyped)) as Untyped)
      for (const { tensor } of parametersOf(network)) {
        const p: Untyped = tensor
        update(p, sub(p, mul(grad(loss, { p }).p, 0.1)))
      }
      return { loss }
    }),
  )
}
const values = (count: number, seed: number, size: number) =>
  Float32Array.from({ length: count }, (_, i) => size * Math.sin(i * 0.7 + seed))
const given = {
  inputs: { x: values(ROWS * FEATURES, 1, 1) },
  variables: { weight: values(OUT * FEATURES, 2, 0.1), small: values(OUT * 8, 3, 0.1) },
}
/** The largest difference relative to the largest element. */
const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  const scale = Math.max(...Array.from(b, Math.abs))
  return Math.max(...Array.from(b, (x, i) => Math.abs(x - a[i]!) / scale))
}

test('a training step before and after', () => {
  const before = optimize(step())
  const after = checkRoundTrip(optimize(before, { precision: 'f16', verify: true }))
  golden('precision.golden.txt', `${print(before)}\n# in f16\n${print(after)}`, import.meta.url)

  const [exact, rounded] = [before, after].map(graph => evaluate(graph, given))
  for (const part of ['outputs', 'variables'] as const)
    for (const [name, { data }] of Object.entries(exact![part])) {
      const difference = apart(rounded![part][name]!.data, data)
      assert.ok(difference > 0 && difference < 2e-3, `${name}: ${difference}`)
    }
})

test('in f32 nothing changes', () => {
  const before = optimize(step())
  assert.is(print(optimize(before, { precision: 'f32' })), print(before))
  assert.not.ok(nodes(before).some(({ dtype }) => dtype === 'f16'))
  const same = ({ precision }: CompileOptions) => JSON.stringify(compileGraphs([before], { precision: precision! }))
  assert.is(same({ precision: 'f32' }), JSON.stringify(compileGraphs([before])))
})

test('what is rounded is stored once, in half the bytes', () => {
  const kernels: Kernel[] = []
  compileGraphs([step()], {
    target: { ...software, f16: true },
    precision: 'f16',
    observe: stage => {
      if (stage.name === 'kernels') kernels.push(...stage.kernels)
    },
  })
  const written = kernels.flatMap(writes).filter(({ shape }) => numel(shape) >= 4096)
  assert.equal(
    written.map(({ dtype, shape }) => `${dtype}[${shape}]`).sort(),
    // Copies of x and weight, the activation and its gradient; the weight's gradient and its new value.
    ['f16[64,64]', 'f16[96,64]', 'f16[96,64]', 'f16[96,64]', 'f32[64,64]', 'f32[64,64]'],
  )
})

test('a target without f16 refuses it with a sentence', () => {
  assert.throws(
    () => compileGraphs([step()], { precision: 'f16' }),
    (error: unknown) =>
      error instanceof LimitError && /precision 'f16' stores f16, which portable does not offer/.test(error.message),
  )
})

test('a SimSiam step moves a little more than half the bytes', () => {
  const method = simsiam({
    encoder: convnet({ width: 8 }),
    projector: projector(64, { out: 64, hidden: 64, batchNorm: true, lastBatchNorm: true }),
    predictor: predictor(64, { hidden: 16 }),
  })
  const one = entry({ images: u8(['batch', 16, 16, 3]) }, ({ images }) =>
    train(method, sgd({ learningRate: 0.1 }), [imageView(images, 'simsiam-cifar'), imageView(images, 'simsiam-cifar')]),
  )
  const [full, half] = (['f32', 'f16'] as const).map(precision => {
    const program = compile({ one }, { batch: 64 }, { target: { ...software, f16: true }, precision })
    return {
      moved: program.entries.one!.dispatches.reduce((sum, { bytes }) => sum + bytes, 0),
      held: program.slabs.reduce((a, b) => a + b),
    }
  })
  if (process.env.SHOW) console.log(full, half)
  assert.ok(half!.moved < 0.58 * full!.moved, `${half!.moved} of ${full!.moved} bytes`)
  assert.ok(half!.held < 0.65 * full!.held, `${half!.held} of ${full!.held} bytes`)
})

test('the device agrees with the reference of the same graph', async () => {
  const device = await testDevice()
  let graph: Graph | undefined
  const program = compileGraphs([step()], {
    target: { ...targetFor(device), f16: true },
    precision: 'f16',
    observe: stage => {
      if (stage.name === 'optimize') graph = stage.graph
    },
  })
  const session = await load(device, runnable(program, device), { init: false })
  await session.writeVariables(given.variables)
  const { loss } = (await session.call('step', given.inputs)) as Record<string, ArrayLike<number>>
  const after = (await session.readVariables()) as Record<string, ArrayLike<number>>
  const expected = evaluate(graph!, given)
  assert.ok(apart(loss!, expected.outputs.loss!.data) < 1e-3)
  for (const [name, { data }] of Object.entries(expected.variables))
    assert.ok(apart(after[name]!, data) < 1e-3, `${name}: ${apart(after[name]!, data)}`)
  session.destroy()
})

test.after(closeTestDevice)
test.run()
