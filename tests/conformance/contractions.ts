/** Matrix products, Einstein sums and small factorizations. */
import { type Any, type Builds, f, ofAB, ofX } from './language.js'

const vector = (x: Any): boolean => x.shape.length === 1

export const matrices: Builds = {
  // A vector is a row on the left and a column on the right; the axis that this adds is dropped again.
  matmul: ofAB((a, b, { transpose_a = false, transpose_b = false }) => {
    const left = vector(a) ? f.reshape(a, [1, -1]) : transpose_a ? f.transpose(a) : a
    const right = vector(b) ? f.reshape(b, [-1, 1]) : transpose_b ? f.transpose(b) : b
    const y: Any = f.matmul(left, right)
    const added = [...(vector(a) ? [y.shape.length - 2] : []), ...(vector(b) ? [y.shape.length - 1] : [])]
    return added.length
      ? f.reshape(
          y,
          y.shape.filter((_: number, axis: number) => !added.includes(axis)),
        )
      : y
  }),
  linear({ x, w, b }) {
    const y = f.dot(x, f.transpose(w))
    return b ? f.add(y, b) : y
  },
  outer: ofAB((a, b) => f.outer(a, b)),
  gram: ofX(x => f.matmul(x, f.transpose(x))),
  cholesky: ofX(x => f.cholesky(x)),
  triangular_solve: ({ l, b }) => f.triangularSolve(l, b),
}

export const einsums: Builds = {
  einsum(operands, { equation }) {
    const inOrder = Object.keys(operands)
      .sort()
      .map(name => operands[name])
    return f.einsum(...inOrder, spaced(equation))
  },
}
/** `ij,jk->ik` in the language's notation: `i j, j k -> i k`. Without an arrow, names that occur once remain, in alphabetical order. */
function spaced(equation: string): string {
  const [left, right] = equation.replaceAll(' ', '').split('->') as [string, string?]
  const words = (names: string) => (names.match(/\.\.\.|[A-Za-z]/g) ?? []).join(' ')
  const once = [...left.replace(/[^A-Za-z]/g, '')].filter((name, _, all) => all.filter(x => x === name).length === 1)
  const out = right ?? `${left.includes('...') ? '...' : ''}${once.sort().join('')}`
  return `${left.split(',').map(words).join(', ')} -> ${words(out)}`
}
