/**
 * Four scalar expressions as one on vec4s. Points of a tile that lie next to each other compute the same formula, so
 * their expressions have the same form: equal parts are splat, lanes of one loaded vec4 are that vec4, arithmetic is
 * done on four at once, and whatever does not fit is put together from its scalars.
 */
import { call, type Expression, type Primitive, splat } from '../graph/expression.js'

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
  const packed = new Map<string, Expression>()

  function pack(four: readonly Expression[]): Expression {
    if (four.length === 1) return four[0]!
    const key = four.map(id).join()
    const known = packed.get(key)
    if (known) return known
    const made = combine(four)
    packed.set(key, made)
    return made
  }

  function combine(four: readonly Expression[]): Expression {
    const [first] = four as [Expression]
    if (four.every(e => e === first)) return splat(first)
    if (first.kind === 'lane' && four.every((e, i) => e.kind === 'lane' && e.of === first.of && e.lane === i))
      return first.of
    const same =
      first.kind === 'apply' &&
      !(first.scalar as Primitive).exchanges &&
      four.every(
        e =>
          e.kind === 'apply' &&
          e.scalar.name === first.scalar.name &&
          e.args.length === first.args.length &&
          e.dtype === first.dtype &&
          e.args.every((arg, i) => arg.dtype === first.args[i]!.dtype),
      )
    if (!same) return { kind: 'vector', parts: four, dtype: first.dtype }
    return call(
      first.scalar,
      first.args.map((_, i) => pack((four as (typeof first)[]).map(e => e.args[i]!))),
      first.dtype,
    )
  }
  return pack
}
