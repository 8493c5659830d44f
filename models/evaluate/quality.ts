/** How features lie in space, without labels: alignment, uniformity, effective rank. */
import { compile } from '../../compiler/compile.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { targetFor } from '../../compiler/kernels/target.js'
import { entry, f32, stepVariable } from '../../compiler/language/entry.js'
import { normalize } from '../../compiler/language/math.js'
import { update } from '../../compiler/language/module.js'
import { add } from '../../compiler/ops/index.js'
import type { Device } from '../../runtime/device.js'
import { BadInput } from '../../runtime/errors.js'
import type { DataSet } from '../domains.js'
import { alignment, uniformity } from '../losses/pairs.js'
import { spread } from '../losses.js'
import { effectiveRank, participationRatio } from '../spectrum.js'
import { everyBatch, type Features, pickRows, using } from './features.js'
import { domainFor, type EmbedOptions, loadWeights, mounted, type Subject } from './subject.js'

/** Of the rows of features; see `monitors.ts` for the ranges. */
export interface Geometry {
  /** `uniformity` of the unit rows: 0 for a collapse, towards -4 for rows that cover the sphere. */
  readonly uniformity: number
  /** RankMe: `effectiveRank` of the rows, from 1 to `min(rows, width)`. */
  readonly rank: number
  /** `participationRatio` of the unit rows, from 1 to `min(rows - 1, width)`. */
  readonly participation: number
  /** `spread`: 1 for rows that point everywhere, 0 for a collapse to one direction. */
  readonly spread: number
}

/** Rows that geometry is computed of: of more, as many, evenly spaced. */
const ROWS = 512

/**
 * The geometry of frozen features, of 512 rows of them at most. Throws `BadInput` for fewer than 2. Sources: Wang and Isola,
 * arXiv 2005.10242; RankMe, Garrido et al., arXiv 2210.02885.
 */
export async function geometry(device: Device, features: Features): Promise<Geometry> {
  if (features.count < 2)
    throw new BadInput(`the geometry of features needs 2 rows or more, got ${features.count}: give more examples.`)
  const count = Math.min(ROWS, features.count)
  const rows = pickRows(
    features,
    Array.from({ length: count }, (_, i) => Math.floor((i * features.count) / count)),
  )
  const measure = entry({ features: f32([count, rows.width]) }, ({ features }) => {
    const x = features
    return {
      uniformity: uniformity(x) as Tensor,
      rank: effectiveRank(x),
      participation: participationRatio(normalize(x)),
      spread: spread(x),
    }
  })
  return using(device, compile({ measure }, {}, { target: targetFor(device) }), async session => {
    const values = await session.call('measure', { features: rows.values })
    return Object.fromEntries(Object.entries(values).map(([name, [value]]) => [name, value])) as unknown as Geometry
  })
}

/**
 * Mean squared distance of the unit features of two views of an example, 0 to 4: views by the recipe that the subject
 * learned from, of the first 512 test examples. The last batch is filled up with its first example.
 */
export async function viewAlignment(
  device: Device,
  subject: Subject,
  set: DataSet,
  { batch = 64, seed = 0 }: EmbedOptions = {},
): Promise<number> {
  const domain = domainFor(subject, set)
  const { embed } = mounted(subject, domain)
  const pair = entry(domain.inputs, (given: any) => {
    const [one, two] = domain.views(given)
    update(stepVariable.tensor, add(stepVariable.tensor, 1))
    return { alignment: alignment(embed(one as Untyped), embed(two as Untyped)) as Tensor }
  })
  const program = compile({ pair } as never, { batch } as never, { target: targetFor(device) })
  return using(
    device,
    program,
    async session => {
      loadWeights(session, subject)
      let [total, batches] = [0, 0]
      await everyBatch(set.test, batch, async (inputs, first) => {
        if (first >= ROWS) return
        total += (await session.call('pair', inputs)).alignment![0]!
        batches++
      })
      return total / batches
    },
    { seed },
  )
}
