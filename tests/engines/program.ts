/**
 * What an engine is asked for: to compile and to train on the processor with one thread and with two, and to run a bundle, which is
 * all that a page or a server needs. Prints one line of JSON.
 */
import { readFileSync } from 'node:fs'
import { compile, entry, targetFor, u8 } from '../../compiler/index.js'
import * as m from '../../models/index.js'
import { load, loadBundle, openDevice } from '../../runtime/node.js'

const [batch, steps] = [16, 6]
const set = m.synthetic({ size: 8, train: 64, test: 16 })
const method = m.simsiam({
  encoder: m.convnet({ width: 4, stages: 2 }),
  projector: m.projector(8, { out: 8, hidden: 8, batchNorm: true, lastBatchNorm: true }),
  predictor: m.predictor(8, { hidden: 4 }),
})
const views = { ...m.syntheticViews, size: 8 }
const step = entry({ images: u8(['batch', 8, 8, 3]) }, ({ images }) =>
  m.train(method, m.sgd({ learningRate: 0.05 }), [m.imageView(images, views), m.imageView(images, views)] as never),
)

async function train(threads: number): Promise<number[]> {
  const device = await openDevice({ adapter: 'cpu', threads })
  const session = await load(device, compile({ step }, { batch }, { target: targetFor(device) }), { seed: 7 })
  const losses: number[] = []
  for await (const { images } of m.batches(set, { batch, seed: 3 })) {
    losses.push((await session.call('step', { images })).loss![0] as number)
    if (losses.length === steps) break
  }
  device.destroy()
  return losses
}
const device = await openDevice({ adapter: 'cpu' })
const session = await loadBundle(device, new Uint8Array(readFileSync(process.argv[2]!)), { seed: 1 })
const { y } = await session.call('embed', { x: Float32Array.from({ length: 8 }, (_, i) => i / 8) })
const { features } = device
const found = {
  bundle: [...(y as Float32Array)],
  relaxed: features.has('relaxed-simd'),
  wide: features.has('wide-vectors'),
  one: await train(1),
  two: await train(2),
}
device.destroy()
console.log(JSON.stringify(found))
