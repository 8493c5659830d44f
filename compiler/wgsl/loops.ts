/** What the printers of schedules share: loops over axes, accumulators, and stores, for points one by one or in fours. */
import type { Expression } from '../graph/expression.js'
import type { Indexing } from '../graph/indexing.js'
import type { Tensor } from '../graph/node.js'
import type { Target } from '../kernels/target.js'
import { readOnlyOwn, type StoreGroup } from '../loops/expand.js'
import type { Pack } from '../loops/pack.js'
import { fourthOf } from '../loops/vectorize.js'
import type { Writer } from './block.js'
import { storedText } from './expression.js'
import { LANES } from './types.js'

/** What a printer is given. */
export interface Context {
  readonly target: Target
  readonly print: (e: Expression, part: (e: Expression) => string) => string
  readonly buffer: (tensor: Tensor) => string
  readonly place: (tensor: Tensor) => Tensor
}
/** What it makes. */
export interface Text {
  readonly body: string
  readonly size: number
  readonly groups: readonly [number, number, number]
  /** Declarations of workgroup memory. */
  readonly shared: readonly string[]
  /** Places declared as arrays of vec4s. */
  readonly vectors: ReadonlySet<Tensor>
  /** What stands before all declarations, beside f16. */
  readonly directives?: readonly string[]
  /** Parameters of `main` beside `group` and `lane`. */
  readonly builtins?: readonly string[]
}

/** A one-dimensional count of workgroups as a two-dimensional dispatch, because a dimension holds at most 65535. */
export function fold(count: number, target: Target): readonly [number, number, number] {
  if (count <= target.workgroupsPerDimension) return [count, 1, 1]
  const y = Math.ceil(count / target.workgroupsPerDimension)
  return [Math.ceil(count / y), y, 1]
}
/** The number of this workgroup in a folded dispatch. */
export const groupNumber = (groups: readonly number[]): string =>
  groups[1]! > 1 ? `(group.x + group.y * ${groups[0]}u)` : 'group.x'

// Stores

interface StoreOptions {
  readonly vectors: ReadonlySet<Tensor>
  readonly rewrite: (e: Expression) => Expression
  readonly pack: Pack
  readonly indexing: Indexing
  /** Only where this holds. */
  readonly condition?: string
}
/**
 * Computes and stores groups of results. Results of one group are all computed before the first is stored, and so are
 * those of all groups if one may read what another replaces.
 */
export function storeAll(
  groups: readonly (readonly StoreGroup[])[],
  { buffer, place }: Context,
  writer: Writer,
  { vectors, rewrite, pack, indexing, condition = '' }: StoreOptions,
): void {
  const jobs = groups.map(group =>
    group.map(({ target, indices, values }) => {
      const whole = vectors.has(place(target)) ? fourthOf(indices, indexing) : undefined
      const rewritten = values.map(rewrite)
      return {
        target,
        at: whole ? [whole] : indices.map(rewrite),
        value: pack(rewritten),
        width: rewritten.length,
      }
    }),
  )
  writer.share(jobs.flat().flatMap(({ at, value }) => [value, ...at]))
  const finish = (batch: typeof jobs): void => {
    const all = batch.flat()
    const stores = all.flatMap(({ target, at, value, width }) => {
      const text = all.length > 1 || at.length > 1 ? writer.bind(value) : writer.value(value)
      return at.map((index, i) => {
        const part = at.length > 1 ? `${text}.${LANES[i]}` : text
        return `${buffer(target)}[${writer.value(index)}] = ${storedText(part, target.dtype, at.length < width)};`
      })
    })
    if (condition) writer.line(`if (${condition}) { ${stores.join(' ')} }`)
    else stores.forEach(writer.line)
  }
  if (readOnlyOwn(groups, place)) for (const job of jobs) finish([job])
  else finish(jobs)
}
