/**
 * Two ranks, each with half of every batch, and one process with the whole: the same losses, parameters, running statistics
 * and queues after 50 steps. The ranks are sessions in one process, which exchange what processes would.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile } from '../../compiler/compile.js'
import { cpu, software } from '../../compiler/kernels/target.js'
import { entry, u8 } from '../../compiler/language/entry.js'
import * as m from '../../models/index.js'
import { load, localRanks, type RankedSession, RankLost, RanksApart, type Session } from '../../runtime/node.js'
import { closeTestDevice, testDevice } from '../device.js'

test.after(closeTestDevice)

const batch = 16
const steps = 50
const set = m.synthetic({ size: 8, train: 64, test: 10 })
const encoder = () => m.convnet({ width: 8, stages: 1, norm: { splits: 2 } })
const projector = () => m.projector(8, { out: 8, hidden: 8, batchNorm: true, lastBatchNorm: true })
const optimizer = m.sgd({ learningRate: 0.005, momentum: 0.9, weightDecay: 5e-4 })
const augment = m.augment({
  operator: m.gaussianNoise(),
  cosine: 0.9,
  at: 'projection',
  branch: 'online',
  flow: 'full',
})

const programOf = (method: m.Method<any, any, any>, views: m.ImageRecipe | 'weak', size: number) => {
  const step = entry({ images: u8(['batch', 8, 8, 3]) }, ({ images }) =>
    m.train(method, optimizer, [m.imageView(images, views), m.imageView(images, views)] as never),
  )
  return compile({ step }, { batch }, { target, ...(size > 1 && { ranks: { size, entries: ['step'] } }) })
}

const target = (await testDevice()).adapter.kind === 'cpu' ? cpu : software

/** Trains on whole batches; gives the losses, and the variables at the end. */
async function train(session: Session) {
  const losses: number[] = []
  for await (const { images } of m.batches(set, { batch, seed: 3 })) {
    session.run('step', { images })
    losses.push((await session.read('step')).loss![0] as number)
    if (losses.length === steps) break
  }
  return { losses, variables: (await session.readVariables()) as Record<string, Float32Array> }
}

// With larger steps training on so few images is chaotic, and rounding grows by a fifth per step, in one process too.

/** The largest difference, relative to the largest value where that is above 1. */
function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.is(a.length, b.length)
  const scale = Array.from(a).reduce((most, x) => Math.max(most, Math.abs(x)), 1)
  return Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0) / scale
}

async function compare(
  make: () => m.Method<any, any, any>,
  views: m.ImageRecipe | 'weak',
  then?: (sessions: readonly RankedSession[]) => Promise<void>,
) {
  const size = 2
  const device = await testDevice()
  const alone = await load(device, programOf(make(), views, 1), { seed: 5 })
  const program = programOf(make(), views, size)
  const ranks = await Promise.all(localRanks(size).map(ranks => load(device, program, { seed: 5, ranks })))
  const whole = await train(alone)
  const shares = await Promise.all(ranks.map(train))
  for (const { losses, variables } of shares) {
    assert.ok(apart(whole.losses, losses) < 1e-5, `losses are ${apart(whole.losses, losses)} apart`)
    // Momenta are sums of ten gradients; what they do shows in the parameters.
    for (const [name, values] of Object.entries(whole.variables).filter(([name]) => !name.startsWith('optimizer.')))
      assert.ok(apart(values, variables[name]!) < 1e-5, `${name} is ${apart(values, variables[name]!)} apart`)
    assert.equal(variables, shares[0]!.variables, 'ranks hold the same bits')
  }
  await then?.(ranks as RankedSession[])
  const moved = Math.abs(whole.losses[0]! - whole.losses.at(-1)!)
  assert.ok(moved > 0.1, `the loss moved by ${moved} only: nothing is compared`)
  for (const session of [alone, ...ranks]) session.destroy()
}

test('SimCLR: batch norm has the statistics and the loss the negatives of the whole batch', () =>
  compare(
    () => m.simclr({ encoder: encoder(), projector: projector() }),
    m.syntheticViews,
    async sessions => {
      const outcomes = (of: (session: RankedSession) => Promise<unknown>) =>
        Promise.all(
          sessions.map(session =>
            of(session).then(
              () => undefined,
              error => error,
            ),
          ),
        )
      assert.equal(await outcomes(session => session.agree()), [undefined, undefined])
      // A read of what is not there, by one rank, is that rank's mistake: the session goes on.
      const [unread, unknown] = [sessions[0]!.read('stepp'), sessions[0]!.readVariables(['encodr'])]
      assert.match((await unread.catch(error => error)).message, /no entry stepp/)
      assert.match((await unknown.catch(error => error)).message, /no variable encodr/)
      assert.equal(await outcomes(session => session.agree()), [undefined, undefined])
      const name = 'encoder.stage1.1.bias'
      sessions[1]!.writeVariables({ [name]: new Float32Array(8).fill(0.5) })
      for (const error of await outcomes(session => session.agree())) {
        assert.instance(error, RanksApart)
        assert.match(error.message, `variable ${name} differs between ranks: rank 1 of 2 has another than rank 0`)
      }
    },
  ))

test('MoCo with feature augmentation: one queue, one momentum network, every row its own random numbers', () =>
  compare(
    () => m.moco({ encoder: encoder(), projector: projector(), queue: 64, shuffle: true, momentum: 0.9, augment }),
    'weak',
  ))

test('a rank that ends takes the others with it', async () => {
  const [one, two] = localRanks(2)
  const waiting = one!.allReduce(new Float32Array(3), 'sum').catch(error => error)
  two!.abort()
  assert.instance(await waiting, RankLost)
  assert.match((await waiting).message, 'rank 1 of 2 has ended')
})

test.run()
