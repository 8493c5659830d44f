/**
 * Factorization and solution of small systems, `[..., N, N]`: one elimination step per column, unrolled into the graph, so
 * that gradients need no rule of their own. For N up to some dozen, as in whitening; the graph grows with N.
 */
import { shapeOf, type Tensor, type Untyped } from '../graph/node.js'
import { ShapeError, show } from '../graph/shape.js'
import { add, div, mul, sub } from '../ops/binary.js'
import { concatAll } from '../ops/concat.js'
import { transpose } from '../ops/movement.js'
import { pad } from '../ops/pad.js'
import { slice } from '../ops/slice.js'
import { sqrt } from '../ops/unary.js'
import type { Dim, Shape } from '../types/shape.js'
import type { Gradient } from '../types/tensor.js'

function square(name: string, x: Tensor): number {
  const [rows, columns] = shapeOf(name, x).slice(-2)
  if (rows === undefined || rows !== columns)
    throw new ShapeError(`${name} takes square matrices, got ${show(x.shape)}`)
  return rows
}
const column = (x: Untyped, at: number, from = 0): Untyped => slice(slice(x, -1, at, at + 1), -2, from)

/**
 * The lower triangular `L` with `L Lᵀ = x`, of symmetric positive definite `x` `[..., N, N]`; the gradient is symmetric too.
 * A matrix that is not positive definite gives NaN.
 */
export const cholesky = <S extends Shape, G extends Gradient>(x: Tensor<S, 'f32', G>): Tensor<S, 'f32', G> => {
  const n = square('cholesky', x)
  const given = x as Untyped
  let rest: Untyped = mul(add(given, transpose(given) as Untyped), 0.5)
  const columns: Untyped[] = []
  for (let j = 0; j < n; j++) {
    // The first column of what is left, divided by the root of its head; its outer product is then taken away.
    const first = column(rest, 0)
    const scaled: Untyped = div(first, sqrt(slice(first, -2, 0, 1) as Untyped))
    const above = [...x.shape.slice(0, -2).map(() => [0, 0] as const), [j, 0] as const, [0, 0] as const]
    columns.push(pad(scaled, above as [number, number][]))
    if (j + 1 < n) {
      const below: Untyped = slice(scaled, -2, 1)
      rest = sub(slice(slice(rest, -2, 1) as Untyped, -1, 1) as Untyped, mul(below, transpose(below) as Untyped))
    }
  }
  return concatAll(columns, -1) as Untyped
}

/** `y` with `l y = b`, for lower triangular `l` `[..., N, N]` and `b` `[..., N, M]`. What `l` holds above its diagonal is ignored. */
export const triangularSolve = <B extends Shape, N extends Dim, M extends Dim, G extends Gradient, H extends Gradient>(
  l: Tensor<[...B, N, NoInfer<N>], 'f32', G>,
  b: Tensor<[...B, NoInfer<N>, M], 'f32', H>,
): Tensor<[...B, N, M], 'f32', G | H> => {
  const n = square('triangularSolve', l)
  if (shapeOf('triangularSolve', b).at(-2) !== n)
    throw new ShapeError(`triangularSolve: ${show(l.shape)} has ${n} rows, the right side ${show(b.shape)} does not`)
  const rows: Untyped[] = []
  let rest = b as Untyped
  for (let i = 0; i < n; i++) {
    const below = column(l as Untyped, i, i)
    const row: Untyped = div(slice(rest, -2, 0, 1) as Untyped, slice(below, -2, 0, 1) as Untyped)
    rows.push(row)
    if (i + 1 < n) rest = sub(slice(rest, -2, 1) as Untyped, mul(slice(below, -2, 1) as Untyped, row))
  }
  return concatAll(rows, -2) as Untyped
}
