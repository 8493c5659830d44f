/**
 * Four scalar expressions as one on vec4s. Points of a tile that lie next to each other compute the same formula, so
 * their expressions have the same form: equal parts are splat, lanes of one loaded vec4 are that vec4, arithmetic is
 * done on four at once, and whatever does not fit is put together from its scalars.
 */
import { call, type Expression, type Scalar } from '../graph/expression.js'
import { registerType } from './expression.js'

export const LANES = ['x', 'y', 'z', 'w'] as const
/** Builtins of WGSL that work on each component of vectors. */
const COMPONENTWISE = new Set(
  'abs atan atan2 ceil clamp exp exp2 floor inverseSqrt log log2 max min round select sign sqrt trunc'.split(' '),
)
const PLACEHOLDERS = ['A_', 'B_', 'C_']

const FLOAT = /\b\d+\.\d+(e[-+]?\d+)?f?/g

/** The text of a scalar function on vec4s, if it is arithmetic, float constants and componentwise builtins alone. */
function vectorText(scalar: Scalar, arity: number): string | undefined {
  if (arity > PLACEHOLDERS.length || scalar.helpers?.length) return undefined
  const text = scalar.wgsl(...PLACEHOLDERS.slice(0, arity))
  const words = text.match(/[A-Za-z_]\w*/g) ?? []
  if (!words.every(word => PLACEHOLDERS.includes(word) || COMPONENTWISE.has(word))) return undefined
  const rest = text.replace(FLOAT, '').replace(/[A-Za-z_]\w*/g, '')
  if (/[\d.[]/.test(rest)) return undefined
  return text.replace(FLOAT, constant => `vec4<f32>(${constant})`)
}

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
  const scalars = new Map<string, Scalar | undefined>()

  /** The vector form of a scalar function, once per function. */
  function vectorOf(scalar: Scalar, arity: number): Scalar | undefined {
    const key = `${scalar.name}/${arity}`
    if (!scalars.has(key)) {
      const text = vectorText(scalar, arity)
      scalars.set(
        key,
        text === undefined
          ? undefined
          : {
              name: scalar.name,
              js: scalar.js,
              wgsl: (...args) => text.replace(/[ABC]_/g, word => args[PLACEHOLDERS.indexOf(word)]!),
            },
      )
    }
    return scalars.get(key)
  }

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
    const type = `vec4<${registerType(first.dtype)}>`
    if (four.every(e => e === first)) return splat(first)
    const whole = vectorWithLanes(four)
    if (whole) return whole
    if (first.kind === 'apply') {
      const same = four.every(
        (e): e is typeof first =>
          e.kind === 'apply' &&
          e.scalar.name === first.scalar.name &&
          e.args.length === first.args.length &&
          e.dtype === first.dtype &&
          e.args.every((arg, i) => arg.dtype === first.args[i]!.dtype),
      )
      const vector = same ? vectorOf(first.scalar, first.args.length) : undefined
      if (same && vector)
        return call(
          vector,
          first.args.map((_, i) => pack(four.map(e => e.args[i]!))),
          first.dtype,
        )
    }
    return call(joined('pack', type), four, first.dtype)
  }
  return pack
}

/** The vec4 whose components these are, in order. */
function vectorWithLanes(four: readonly Expression[]): Expression | undefined {
  const [first] = four as [Expression]
  if (first.kind === 'name') {
    const [vector, lane] = first.name.split('.')
    const inOrder = lane === 'x' && four.every((e, i) => e.kind === 'name' && e.name === `${vector}.${LANES[i]}`)
    return inOrder ? { ...first, name: vector! } : undefined
  }
  if (first.kind !== 'apply' || first.scalar.name !== 'lane.x') return undefined
  const [load] = first.args
  return four.every((e, i) => e.kind === 'apply' && e.scalar.name === `lane.${LANES[i]}` && e.args[0] === load)
    ? load
    : undefined
}

/** A scalar four times. */
export const splat = (e: Expression): Expression =>
  call(joined('splat', `vec4<${registerType(e.dtype)}>`), [e], e.dtype)

const joined = (name: string, type: string): Scalar => ({
  name: `${name}.${type}`,
  js: () => {
    throw new Error('vectors exist in printed kernels only')
  },
  wgsl: (...parts) => `${type}(${parts.join(', ')})`,
})
