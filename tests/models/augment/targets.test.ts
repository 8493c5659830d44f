/** What augmented queries are compared with (both targets of a mixture), and how an augmentation stands to a predictor. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Untyped } from '../../../compiler/graph/node.js'
import { tensor } from '../../../compiler/index.js'
import { normalize } from '../../../compiler/language/math.js'
import { add, constant, mul, stopGradient, sub, sum, take } from '../../../compiler/ops/index.js'
import { architectures, augment } from '../../../models/augment/feature.js'
import { operator } from '../../../models/augment/operators/operator.js'
import { parseAugmentation } from '../../../models/augment/parse.js'
import { convnet } from '../../../models/encoders/convnet.js'
import { predictor } from '../../../models/heads.js'
import { linear } from '../../../models/layers.js'
import { contrasts, negativeDots, scoresOf } from '../../../models/losses.js'
import { moco } from '../../../models/methods/moco.js'
import { simclr } from '../../../models/methods/simclr.js'
import { simsiam } from '../../../models/methods/simsiam.js'
import { near, normals, run } from './operators.js'

const [ROWS, IN, SIZE] = [5, 6, 4]
const views = { one: normals(1, ROWS, IN), two: normals(2, ROWS, IN) }
const SHARES = [0.1, 0.5, 0.25, 0.4, 0]
const PARTNERS = [2, 0, 1, 4, 3]
const share = () => tensor(SHARES.map(w => [w])) as Untyped
const partner = () => tensor(PARTNERS, 'i32') as Untyped

/** A mixture whose draws are known. */
const mixing = () =>
  operator({
    name: 'mixing',
    kind: 'any',
    traits: ['partner', 'mixture'],
    apply(x, { mixed }) {
      mixed({ partner: partner() as never, share: share() })
      return mix(x)
    },
  })
const mix = (x: Untyped) => add(mul(x, sub(1, share())), mul(take(x, partner() as never, 0), share()))
/** `(1 - w) L(q, k_i) + w L(q, k_pi(i))`, mean over rows. */
const dual = (loss: (k: Untyped) => Untyped, k: Untyped) => {
  const w = mul(share(), constant(1, [ROWS, 1]))
  const column = (x: Untyped) => sum(x) as Untyped
  const weights = sum(w, -1) as Untyped
  return mul(
    add(column(mul(loss(k), sub(1, weights))), column(mul(loss(take(k, partner() as never, 0)), weights))),
    1 / ROWS,
  ) as Untyped
}

test('targets both: the loss is shared between the targets of the anchor and of its partner', () => {
  for (const compose of ['replace', 'add'] as const) {
    const given = { operator: mixing(), at: 'pooled', targets: 'both', compose } as const
    const parts = { encoder: linear(IN, SIZE) as never, projector: linear(SIZE, SIZE), predictor: linear(SIZE, SIZE) }
    const method = simsiam({ ...parts, symmetric: false, augment: augment(given as never) })
    const { outputs } = run(views, ({ one, two }) => {
      const { loss } = method.loss([one, two] as never)
      const encoded = (parts.encoder as any)(one)
      const p = (x: Untyped) => normalize(parts.predictor(parts.projector(x as never) as never)) as Untyped
      const k = stopGradient(normalize(parts.projector((parts.encoder as any)(two)))) as Untyped
      const q = p(mix(encoded))
      const mixed = dual(keys => negativeDots(q, keys), k)
      const clean = mul(sum(negativeDots(p(encoded), k)), 1 / ROWS) as Untyped
      return { loss: loss as never, formula: compose === 'add' ? add(mixed, clean) : mixed }
    })
    assert.ok(near(outputs.loss!.data[0]!, outputs.formula!.data[0]!, 1e-12), `${compose}: ${outputs.loss!.data[0]}`)
  }
})

test('targets both in MoCo: positives of both, the queue for either', () => {
  const given = { operator: mixing(), at: 'projection', targets: 'both' } as const
  const parts = { encoder: linear(IN, SIZE) as never, projector: linear(SIZE, SIZE) }
  const method = moco({ ...parts, queue: 8, augment: augment(given as never) })
  const { outputs } = run(
    views,
    ({ one, two }) => {
      const { loss, pair } = method.loss([one, two] as never)
      const k = stopGradient(normalize(pair![1] as Untyped)) as Untyped
      const q = normalize(mix(pair![0] as Untyped)) as Untyped
      const queue = constant(0, [8, SIZE]) as Untyped
      return {
        loss: loss as never,
        q,
        k,
        formula: dual(keys => contrasts(scoresOf(q, keys, { shared: queue }), 0.2), k),
      }
    },
    { variables: { queue: { shape: [8, SIZE], data: new Float64Array(8 * SIZE) } } },
  )
  assert.ok(near(outputs.loss!.data[0]!, outputs.formula!.data[0]!, 1e-12))
})

test('targets both where they mean nothing is refused', () => {
  const both = (text: string) => parseAugmentation(`${text},targets=both`)
  assert.match(both('mixup@pooled:law=beta').label, /both targets/)
  assert.throws(() => both('gaussian:cosine=0.9'), /gaussian mixes no two features in known shares/)
  assert.throws(() => both('mixup:law=extrapolate'), /mixup mixes no two features in known shares/)
  assert.throws(() => both('mixup:branch=target'), /for mixed queries, on branch online, got target/)
  const losing = () =>
    run(views, ({ one, two }) => {
      const parts = { encoder: linear(IN, SIZE) as never, projector: linear(SIZE, SIZE) }
      return {
        loss: simclr({ ...parts, augment: both('mixup@pooled:law=beta') }).loss([one, two] as never).loss as never,
      }
    })
  assert.throws(losing, /simclr has one loss for the batch, not one per row/)
  const twice = () =>
    run(views, ({ one, two }) => {
      const parts = { encoder: linear(IN, SIZE) as never, projector: linear(SIZE, SIZE) }
      const augment = [both('mixup@pooled:law=beta'), both('mixup@projection:law=beta')]
      return { loss: moco({ ...parts, queue: 8, augment }).loss([one, two] as never).loss as never }
    })
  assert.throws(twice, /moco: a query is mixed twice/)
})

test('architectures are a branch and a predictor, and are refused where there is another', () => {
  const branchOf = (architecture: string) =>
    parseAugmentation(`gaussian:cosine=0.9,architecture=${architecture}`).branch
  assert.equal(Object.keys(architectures).map(branchOf), ['online', 'online', 'target', 'both'])
  assert.throws(() => parseAugmentation('gaussian:architecture=parallel,branch=online'), /on branch target, not online/)
  assert.throws(() => parseAugmentation('mixqueue:architecture=parallel'), /stands on no branch/)
  assert.throws(() => parseAugmentation('gaussian:architecture=paralell'), /basic or serial or parallel or both/)
  const traced = (architecture: string, predicts: boolean) => () => {
    const method = moco({
      encoder: linear(IN, SIZE) as never,
      projector: linear(SIZE, SIZE),
      ...(predicts && { predictor: predictor(SIZE, { hidden: 8 }) }),
      augment: parseAugmentation(`gaussian:cosine=0.9,architecture=${architecture}`),
      queue: 8,
    })
    return run(views, ({ one, two }) => ({ loss: method.loss([one, two] as never).loss as never }))
  }
  for (const architecture of ['serial', 'parallel', 'both']) {
    assert.ok(Number.isFinite(traced(architecture, true)().outputs.loss!.data[0]))
    assert.throws(traced(architecture, false), /moco has no predictor, which the architecture .* needs/)
  }
  assert.ok(Number.isFinite(traced('basic', false)().outputs.loss!.data[0]))
  assert.throws(traced('basic', true), /moco has a predictor, and the architecture basic of .* has none/)
})

test('views that go through the networks together are augmented at stages, each side by itself', () => {
  const images = { one: normals(1, 4, 3, 8, 8), two: normals(2, 4, 3, 8, 8) }
  const loss = (text: string, joint: boolean) => {
    const parts = { encoder: convnet({ width: 4, stages: 2 }) as never, projector: linear(8, 6) }
    const method = simclr({ ...parts, joint, ...(text ? { augment: parseAugmentation(text) } : {}) })
    return run(images, ({ one, two }) => ({ loss: method.loss([one, two] as never).loss as never })).outputs.loss!
      .data[0]!
  }
  const clean = loss('', true)
  assert.not.ok(near(clean, loss('', false), 1e-6), 'batch norm sees both')
  for (const branch of ['online', 'target', 'both']) {
    const text = `channels@stage1:strength=0.5,branch=${branch}${branch === 'online' ? '' : ',compose=add,flow=stopped'}`
    const value = loss(text, true)
    assert.ok(Number.isFinite(value) && !near(value, clean, 1e-6), branch)
  }
  const none = loss('channels@stage1:strength=0', true)
  assert.ok(near(none, clean, 1e-9), `a strength of 0 changes nothing: ${none}, ${clean}`)
})

test.run()
