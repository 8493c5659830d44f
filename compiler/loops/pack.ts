/**
 * Four scalar expressions as one on vec4s. Points of a tile that lie next to each other compute the same formula, so
 * their expressions have the same form: equal parts are splat, lanes of one loaded vec4 are that vec4, arithmetic is
 * done on four at once, and whatever does not fit is put together from its scalars.
 */
import { call, type Expression, type Primitive, splat } from '../graph/expression.js'
import { remembered } from '../graph/reach.js'

/**
 * Packs four scalar expressions, which must be canonical (`indexing.ts`): what is equal is one object. A single one is itself.
 */
export type Pack = (four: readonly Expression[]) => Expression

export function createPack(): Pack {
  const ids = new Map<Expression, number>()
  const id = (e: Expression): number => {
    const known = ids.get(e)
    if (known !== undefined) return known
    ids.set(e, ids.size)
    return ids.size - 1
  }
  /** Equal fours are one list. */
  const fours = new Map<string, Four>()
  const canonical = (four: Four): Four => {
    const key = four.map(id).join()
    const known = fours.get(key) ?? four
    fours.set(key, known)
    return known
  }
  /** The operands, in fours, of four applications of one function. */
  const operands = new Map<Four, readonly Four[]>()
  const operandsOf = (four: Four): readonly Four[] => {
    if (!operands.has(four)) {
      const [first] = four as [Expression]
      const fits = first.kind === 'apply' && !four.every(e => e === first) && four.every(e => isLike(e, first))
      const args = fits ? first.args.map((_, i) => canonical(four.map(e => (e as Applied).args[i]!))) : []
      operands.set(four, args)
    }
    return operands.get(four)!
  }
  const packed = remembered(operandsOf, (four: Four, again: (four: Four) => Expression): Expression => {
    const [first] = four as [Expression]
    if (four.every(e => e === first)) return splat(first)
    if (first.kind === 'lane' && four.every((e, i) => e.kind === 'lane' && e.of === first.of && e.lane === i))
      return first.of
    const args = operandsOf(four)
    if (first.kind !== 'apply' || args.length === 0) return { kind: 'vector', parts: four, dtype: first.dtype }
    return call(first.scalar, args.map(again), first.dtype)
  })
  return four => (four.length === 1 ? four[0]! : packed(canonical(four)))
}

type Four = readonly Expression[]
type Applied = Extract<Expression, { kind: 'apply' }>
/** Whether two expressions apply one function, which takes vectors, to operands of the same types. */
const isLike = (e: Expression, { scalar, args, dtype }: Applied): boolean =>
  e.kind === 'apply' &&
  !(scalar as Primitive).exchanges &&
  e.scalar.name === scalar.name &&
  e.args.length === args.length &&
  e.dtype === dtype &&
  e.args.every((arg, i) => arg.dtype === args[i]!.dtype)
