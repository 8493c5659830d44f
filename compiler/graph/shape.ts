/**
 * The shape rules on values: the same rules as `types/shape.ts` has on types, in the same words. A rule returns
 * a shape or throws a `ShapeError`. `tests/types/rules.test.ts` holds both levels to one table.
 */

/** A shape, dtype or attribute that an operation cannot take. The message is the one the editor shows. */
export class ShapeError extends Error {
  override name = 'ShapeError'
}

export const show = (shape: readonly (number | string)[]): string => `[${shape.map(String).join(', ')}]`
export const numel = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

export function strides(shape: readonly number[]): number[] {
  const out = new Array<number>(shape.length).fill(1)
  for (let i = shape.length - 2; i >= 0; i--) out[i] = out[i + 1]! * shape[i + 1]!
  return out
}

/** The shape itself, if every size is a positive integer. */
export function checkShape(shape: readonly number[], what: string): number[] {
  for (const [axis, size] of shape.entries())
    if (!Number.isInteger(size) || size < 1)
      throw new ShapeError(`${what} has shape ${show(shape)}: axis ${axis} must be a positive integer, got ${size}`)
  return [...shape]
}

export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const m = a.at(i - rank) ?? 1
    const n = b.at(i - rank) ?? 1
    if (m !== n && m !== 1 && n !== 1) throw new ShapeError(`cannot broadcast ${show(a)} with ${show(b)}`)
    return m === 1 ? n : m
  })
}

/** The axis counted from the front. */
export function axisIndex(shape: readonly number[], axis: number): number {
  if (typeof axis !== 'number')
    throw new ShapeError(
      `an axis is a whole number, counted from the end where negative, got ${Array.isArray(axis) ? 'a list' : typeof axis === 'object' ? 'an object' : axis}`,
    )
  if (!Number.isInteger(axis) || axis < -shape.length || axis >= shape.length)
    throw new ShapeError(`axis ${axis} is out of range for ${show(shape)}`)
  return axis < 0 ? axis + shape.length : axis
}

/** Axes counted from the front, ascending; none may be named twice. */
export function axisIndices(shape: readonly number[], axes: readonly number[]): number[] {
  const found = axes.map(axis => axisIndex(shape, axis))
  const again = found.findIndex((axis, i) => found.indexOf(axis) < i)
  if (again >= 0)
    throw new ShapeError(`axes ${axes[found.indexOf(found[again]!)]} and ${axes[again]} are one axis of ${show(shape)}`)
  return found.sort((a, b) => a - b)
}

export const reduce = (shape: readonly number[], axes: readonly number[], keepdims: boolean): number[] => {
  const gone = new Set(axisIndices(shape, axes))
  return shape.flatMap((size, axis) => (gone.has(axis) ? (keepdims ? [1] : []) : [size]))
}

export function permute(shape: readonly number[], order: readonly number[]): number[] {
  const bad = () => new ShapeError(`${show(order)} is not a permutation of the axes of ${show(shape)}`)
  if (order.length !== shape.length) throw bad()
  let axes: number[]
  try {
    axes = order.map(axis => axisIndex(shape, axis))
  } catch {
    throw bad()
  }
  if (new Set(axes).size !== shape.length) throw bad()
  return axes.map(axis => shape[axis]!)
}

/** `-1` in `target` is the size that keeps the number of elements. */
export function reshape(shape: readonly number[], target: readonly number[]): number[] {
  const have = numel(shape)
  if (!target.includes(-1)) {
    if (numel(target) !== have)
      throw new ShapeError(`cannot reshape ${show(shape)} to ${show(target)}: ${have} elements become ${numel(target)}`)
    return checkShape(target, 'the result of reshape')
  }
  const rest = target.filter(size => size !== -1)
  if (rest.length < target.length - 1)
    throw new ShapeError(`cannot reshape ${show(shape)} to ${show(target)}: only one size can be -1`)
  if (have % numel(rest) !== 0)
    throw new ShapeError(
      `cannot reshape ${show(shape)} to ${show(target)}: ${have} is not a multiple of ${numel(rest)}`,
    )
  return target.map(size => (size === -1 ? have / numel(rest) : size))
}

export function concat(a: readonly number[], b: readonly number[], axis: number): number[] {
  if (a.length !== b.length) throw new ShapeError('cannot concat: ranks differ')
  const along = axisIndex(a, axis)
  return a.map((size, i) => {
    if (i === along) return size + b[i]!
    if (size !== b[i]) throw new ShapeError(`cannot concat: axis ${i} differs, ${size} and ${b[i]}`)
    return size
  })
}

/** floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1; less than 1 where the kernel does not fit. */
export const windowSize = (size: number, kernel: number, stride: number, padding: number, dilation: number): number =>
  Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1

/** Throws `ShapeError` unless an option of an operation is a whole number of at least `least`. */
export function checkAtLeast(name: string, key: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw new ShapeError(`${name}: ${key} must be an integer of at least ${least}, got ${value}`)
}
