/**
 * Whole training steps through the text form and the passes: the same graph after print and parse, sound after every
 * pass, simplified in one go, and with the values it had before.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { evaluate } from '../../compiler/graph/evaluate.js'
import { type Graph, leafName, nodes, variables } from '../../compiler/graph/graph.js'
import { print } from '../../compiler/graph/print.js'
import { numel } from '../../compiler/graph/shape.js'
import { entry, trace, traceInit, u8 } from '../../compiler/language/entry.js'
import { optimize } from '../../compiler/passes/pipeline.js'
import { augment } from '../../models/augment/feature.js'
import { imageView } from '../../models/augment/image.js'
import { dropoutMask } from '../../models/augment/operators/mask.js'
import { gaussianNoise } from '../../models/augment/operators/noise.js'
import { convnet } from '../../models/encoders/convnet.js'
import { predictor, projector } from '../../models/heads.js'
import type { Method } from '../../models/methods/method.js'
import { moco } from '../../models/methods/moco.js'
import { simsiam } from '../../models/methods/simsiam.js'
import { adamw } from '../../models/optimizers/adam.js'
import type { Optimizer } from '../../models/optimizers/optimizer.js'
import { sgd } from '../../models/optimizers/sgd.js'
import { cosineSchedule } from '../../models/schedules.js'
import { train } from '../../models/train.js'
import { checkRoundTrip } from '../graph/roundtrip.js'

const [BATCH, SIZE] = [4, 8]
const encoder = () => convnet({ width: 4, stages: 2 })
const METHODS: Record<string, () => [Method, Optimizer]> = {
  simsiam: () => {
    const noise = augment({ operator: gaussianNoise(), cosine: 0.9, at: 'projection', branch: 'online', flow: 'full' })
    const project = projector(8, { out: 6, hidden: 8, batchNorm: true })
    const method = simsiam({
      encoder: encoder(),
      projector: project,
      predictor: predictor(6, { hidden: 4 }),
      augment: noise,
    })
    return [method, sgd({ learningRate: cosineSchedule(0.1, { steps: 10 }) })]
  },
  moco: () => {
    const mask = augment({
      operator: dropoutMask(),
      cosine: 0.9,
      at: 'pooled',
      branch: 'both',
      compose: 'add',
      weight: 0.5,
    })
    const method = moco({
      encoder: encoder(),
      projector: projector(8, { out: 6, hidden: 8 }),
      queue: 12,
      augment: mask,
    })
    return [method, adamw({ learningRate: 0.001 })]
  },
}

const images = (graph: Graph) =>
  Object.fromEntries(
    graph.inputs.map(leaf => [
      leafName(leaf),
      Float64Array.from({ length: numel(leaf.shape) }, (_, i) => (i * 89) % 256),
    ]),
  )

for (const [name, parts] of Object.entries(METHODS)) {
  const [method, optimizer] = parts()
  const step = trace(
    'step',
    entry({ images: u8(['batch', SIZE, SIZE, 3]) }, given =>
      train(method, optimizer, [imageView(given.images, 'simsiam-cifar'), imageView(given.images, 'moco-cifar')]),
    ),
    { batch: BATCH },
  )
  const init = traceInit([step])

  for (const before of [init, step])
    test(`${name}: ${before.name}`, () => {
      checkRoundTrip(before)
      const seen: number[] = []
      const after = optimize(before, { verify: true, onPass: (_name, _from, to) => seen.push(nodes(to).length) })
      checkRoundTrip(after)
      assert.is(print(optimize(after)), print(after))
      assert.ok(seen.at(-1)! < 0.95 * nodes(before).length, `${nodes(before).length} nodes became ${seen.join(', ')}`)
      if (process.env.SHOW) console.log(name, before.name, nodes(before).length, seen)
    })

  test(`${name}: the optimized step computes the same`, () => {
    const start = { ...evaluate(init, { variables: { seed: 5 } }).variables, seed: 5 }
    assert.equal(
      variables(step)
        .map(leafName)
        .filter(variable => !(variable in start)),
      [],
    )
    const given = { inputs: images(step), variables: start }
    const [expected, actual] = [step, optimize(step)].map(graph => evaluate(graph, given))
    let compared = 0
    for (const part of ['outputs', 'variables'] as const)
      for (const [result, { data }] of Object.entries(expected![part])) {
        const scale = data.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-3)
        data.forEach((value, i) => {
          const got = actual![part][result]!.data[i]!
          assert.ok(Math.abs(got - value) <= 1e-9 * scale, `${result}[${i}]: ${value} became ${got}`)
          compared++
        })
      }
    assert.ok(compared > 500, `${compared} values compared`)
  })
}

test.run()
