/**
 * Named sizes as numbers. While an entry is traced, the names of its inputs are bound, and a shape given to an operation
 * may use them, also in the sums and products that types write: `'batch'`, `'batch*2'`, `'a+b'`.
 */
import { ShapeError, show } from './shape.js'

export type Sizes = Readonly<Record<string, number>>
let bound: Sizes | undefined

/** Runs `body` with named sizes bound. */
export function withSizes<T>(sizes: Sizes, body: () => T): T {
  const outer = bound
  bound = sizes
  try {
    return body()
  } finally {
    bound = outer
  }
}

/** What a size is bound to, if it is. */
export function sizeOf(size: number | string): number | undefined {
  if (typeof size === 'number') return size
  if (/^\d+$/.test(size)) return Number(size)
  if (bound && Object.hasOwn(bound, size)) return bound[size]
  // Types write `a+b*2` for (a + b) * 2 as well as for a + (b * 2).
  if (size.includes('+') && size.includes('*'))
    throw new ShapeError(`size ${size} can be read in two ways: give the size itself, as a number`)
  const [operator, fold] = size.includes('*')
    ? (['*', (a: number, b: number) => a * b] as const)
    : (['+', (a: number, b: number) => a + b] as const)
  const parts = size.split(operator)
  if (parts.length === 1) return undefined
  const values = parts.map(sizeOf)
  return values.every(value => value !== undefined) ? values.reduce(fold) : undefined
}

/** A shape with its names replaced by what they are bound to. Throws `ShapeError`. */
export function boundShape(shape: readonly (number | string)[]): number[] {
  if (!Array.isArray(shape)) throw new ShapeError(`a shape is a list of sizes, as in [${shape}], got ${shape}`)
  return shape.map(size => {
    if (typeof size !== 'number' && typeof size !== 'string')
      throw new ShapeError(`a size is a number or the name of one, got ${size} in ${show(shape)}`)
    const value = sizeOf(size)
    if (value !== undefined) return value
    const named = Object.keys(bound ?? {})
    throw new ShapeError(
      `shape ${show(shape)} names size ${size}, ${
        bound
          ? `and no input does${named.length ? `: they name ${named.join(', ')}` : ''}`
          : 'which has a value only while an entry is traced'
      }`,
    )
  })
}
