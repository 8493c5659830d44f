/** Places of tensors as memories of a loop program, and expressions of kernels in terms of them. */
import {
  type Axis,
  type Expression,
  literal,
  type Memory,
  partsOf,
  quotient,
  remainder,
  times,
  withParts,
} from '../graph/expression.js'
import type { Indexing } from '../graph/indexing.js'
import type { Tensor } from '../graph/node.js'
import { convert, p } from '../graph/primitive.js'
import { remembered } from '../graph/reach.js'
import { numel } from '../graph/shape.js'

/** What a kernel binds. */
export interface Binding {
  readonly tensor: Tensor
  readonly name: string
  readonly access: 'read' | 'read_write'
}
export interface Places {
  /** In the order of bindings. */
  readonly memories: readonly Memory[]
  of(tensor: Tensor): Memory
  /** An expression of a kernel as one of the program; `axes` have the values given. */
  inMemories(axes?: ReadonlyMap<Axis, Expression>): (e: Expression) => Expression
}

/** `vectors` are the places accessed in fours. Bytes are words in memory, four to a word, which neighbours share. */
export function createPlaces(
  bindings: readonly Binding[],
  holder: (tensor: Tensor) => Tensor,
  vectors: ReadonlySet<Tensor>,
  indexing: Indexing,
): Places {
  const found = new Map(
    bindings.map(({ tensor, name, access }): [Tensor, Memory] => {
      const unit = vectors.has(tensor) ? 4 : 1
      const bytes = tensor.dtype === 'u8'
      const count = Math.max(1, Math.ceil(numel(tensor.shape) / (bytes ? 4 : 1)))
      return [tensor, { space: 'place', name, dtype: bytes ? 'u32' : tensor.dtype, count, unit, access }]
    }),
  )
  const of = (tensor: Tensor): Memory => found.get(holder(tensor))!
  return {
    memories: [...found.values()],
    of,
    inMemories(axes = new Map()) {
      /** One object for one word, as its load is one. */
      const words = new Map<Expression, Expression>()
      const wordOf = (
        load: Extract<Expression, { kind: 'load' }>,
        again: (e: Expression) => Expression,
      ): Expression => {
        const index = quotient(load.index, 4)
        const word = indexing.simplify({ ...load, index, dtype: 'u32' })
        const known = words.get(word)
        if (known) return known
        const at = again(indexing.simplify(index))
        const made: Expression = { kind: 'element', memory: of(load.source), index: at, dtype: 'u32' }
        words.set(word, made)
        return made
      }
      return remembered(partsOf, (e: Expression, again: (e: Expression) => Expression): Expression => {
        if (e.kind === 'axis') return axes.get(e.axis) ?? e
        if (e.kind !== 'load') return withParts(e, partsOf(e).map(again))
        const memory = of(e.source)
        if (e.source.dtype !== 'u8')
          return {
            kind: 'element',
            memory,
            index: again(e.index),
            dtype: e.dtype,
            ...(e.width && { width: e.width }),
          }
        const shift = indexing.simplify(times(remainder(e.index, 4), 8))
        const by = shift.kind === 'literal' ? literal(shift.value, 'u32') : convert(again(shift), 'u32')
        return p.and(p.shiftRight(wordOf(e, again), by), 255)
      })
    },
  }
}
