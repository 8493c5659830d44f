/**
 * Two ranks, each with half of every batch, and one process with the whole: the same losses, parameters, running statistics
 * and queues, step by step. The ranks are sessions in one process, which exchange what processes would.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile } from '../../compiler/compile.js'
import { entry, u8 } from '../../compiler/language/program.js'
import { cast } from '../../compiler/ops/index.js'
import * as m from '../../models/index.js'
import { load, localRanks, type Session } from '../../runtime/node.js'
import { closeTestDevice, testDevice } from '../device.js'

test.after(closeTestDevice)

const batch = 8
const set = m.synthetic({ size: 12, train: 64, test: 10 })
const encoder = () => m.convnet({ width: 4 })
const head = (options = {}) => m.projector(32, { out: 8, hidden: 16, batchNorm: true, lastBatchNorm: true, ...options })
const optimizer = m.sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4 })

/** The step of a method as a program for so many processes. */
const programOf = (method: m.Method<any, any, any>, size: number) => {
  const inputs = { images: u8(['batch', 12, 12, 3]), ...(method.labels === 'labels' && { labels: u8(['batch']) }) }
  const step = entry(inputs as any, ({ images, labels }: any) =>
    m.train(
      method,
      optimizer,
      [m.view(images, m.syntheticViews), m.view(images, m.syntheticViews)] as never,
      (labels ? { labels: cast(labels, 'i32') } : {}) as never,
    ),
  )
  const embed = entry({ images: u8(['batch', 12, 12, 3]) }, ({ images }) => ({
    features: method.embed(m.plain(images, m.syntheticViews)),
  }))
  return compile({ step, embed }, { batch }, size > 1 ? { ranks: { size, entries: ['step'] } } : {})
}

interface Trained {
  readonly losses: readonly number[]
  readonly variables: Record<string, ArrayLike<number>>
}
/** What each of some sessions has after some steps, all given the whole batch. */
async function train(sessions: readonly Session[], steps: number, labelled: boolean): Promise<Trained[]> {
  const losses = sessions.map((): number[] => [])
  let done = 0
  for await (const { images, labels } of m.batches(set, { batch, seed: 3 })) {
    for (const session of sessions) session.run('step', labelled ? { images, labels } : { images })
    const outputs = await Promise.all(sessions.map(session => session.read('step')))
    outputs.forEach(({ loss }, i) => {
      losses[i]!.push(loss![0] as number)
    })
    if (++done === steps) break
  }
  return Promise.all(
    sessions.map(async (session, i) => ({ losses: losses[i]!, variables: (await session.readVariables()) as never })),
  )
}

const furthest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), a.length === b.length ? 0 : Number.NaN)

async function compare(make: () => m.Method<any, any, any>, { steps, size = 2 }: { steps: number; size?: number }) {
  const device = await testDevice()
  const labelled = make().labels === 'labels'
  const alone = await load(device, programOf(make(), 1), { seed: 5 })
  const program = programOf(make(), size)
  const ranks = await Promise.all(localRanks(size).map(ranks => load(device, program, { seed: 5, ranks })))
  const [whole] = await train([alone], steps, labelled)
  const shares = await train(ranks, steps, labelled)
  for (const share of shares) {
    assert.ok(furthest(whole!.losses, share.losses) < 1e-5, `losses: ${furthest(whole!.losses, share.losses)}`)
    for (const [name, values] of Object.entries(whole!.variables)) {
      const apart = furthest(values, share.variables[name]!)
      assert.ok(apart < 1e-5, `${name} is ${apart} apart`)
      assert.is(furthest(share.variables[name]!, shares[0]!.variables[name]!), 0, `${name} differs between ranks`)
    }
  }
  const moved = Math.abs(whole!.losses[0]! - whole!.losses.at(-1)!)
  assert.ok(moved > 1e-3, `the loss moved by ${moved} only: nothing is compared`)
  for (const session of [alone, ...ranks]) session.destroy()
}

test('SimCLR: negatives are those of the whole batch', () =>
  compare(() => m.simclr({ encoder: encoder(), projector: head() }), { steps: 50 }))

test('SimSiam: batch norm has the statistics of the whole batch', () =>
  compare(() => m.simsiam({ encoder: encoder(), projector: head(), predictor: m.predictor(8, { hidden: 4 }) }), {
    steps: 50,
  }))

test.run()
