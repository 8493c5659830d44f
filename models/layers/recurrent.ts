/** Recurrent layers on sequences `[N, T, F]`. Variables have the names and gates of PyTorch's layers of one direction. */

import type { Tensor } from '../../compiler/graph/node.js'
import { checkOptions } from '../../compiler/graph/options.js'
import { ShapeError, show } from '../../compiler/graph/shape.js'
import { zeros } from '../../compiler/language/create.js'
import { type Module, module } from '../../compiler/language/module.js'
import { type ScanOptions, scan } from '../../compiler/language/scan.js'
import { add, mul, permute, sigmoid, split, sub, tanh } from '../../compiler/ops/index.js'
import type { Features, OnSteps, Steps, Twinned } from '../../compiler/types/layer.js'
import type { Dim, Shape } from '../../compiler/types/shape.js'
import type { Gradient, Proved } from '../../compiler/types/tensor.js'
import { uniformWithin } from '../init.js'
import type { Matrix } from '../tensors.js'
import { affine, checkFeatures } from './linear.js'

interface OfSteps<I extends Dim, H extends Dim, Flows extends Gradient> extends Module, Features<I, H> {
  <S extends Shape, G extends Gradient>(
    x: Proved<OnSteps<S, I, 'a recurrent layer takes'>, Tensor<S, 'f32', G>>,
  ): Tensor<Steps<S, H>, 'f32', G | Flows>
}
/** From a sequence `[N, T, I]` to the hidden state after each of its steps, `[N, T, H]`: `index(y, 1, -1)` is the last. */
export type Recurrent<I extends Dim, H extends Dim> = OfSteps<I, H, 'flows'> & Twinned<OfSteps<I, H, never>>

type State = Readonly<Record<string, Matrix>>
/**
 * A layer of `gates` gates; `cell` gives the next state from the state and the products of input and hidden state with their
 * weights, `[N, H]` each by gate. The hidden state is `h`.
 */
const recurrent = (
  from: number,
  hidden: number,
  gates: number,
  parts: readonly string[],
  options: ScanOptions,
  cell: (state: State, input: readonly Matrix[], recurred: readonly Matrix[]) => State,
) => {
  checkOptions('a recurrent layer', options, ['stride', 'reverse'])
  return module(({ param }) => {
    const initial = uniformWithin(1 / Math.sqrt(hidden))
    const [inputWeight, hiddenWeight, inputBias, hiddenBias] = [
      param('weight_ih_l0', [gates * hidden, from], initial),
      param('weight_hh_l0', [gates * hidden, hidden], initial),
      param('bias_ih_l0', [gates * hidden], initial),
      param('bias_hh_l0', [gates * hidden], initial),
    ]
    return (x: Tensor<[Dim, Dim, Dim], 'f32'>) => {
      const { length } = x.shape as Shape
      if (length !== 3) throw new ShapeError(`a recurrent layer takes [N, T, ${from}], got ${show(x.shape)}`)
      checkFeatures(x.shape.at(-1), from)
      // The inputs of all steps at once, steps first.
      const projected = permute(affine(x, inputWeight, inputBias), [1, 0, 2])
      const start = zeros([x.shape[0]!, hidden])
      const step = (state: State, input: Matrix) => {
        const recurred = affine(state.h!, hiddenWeight, hiddenBias)
        const carry = cell(state, split(input, gates, 1), split(recurred, gates, 1))
        return { carry, output: carry.h! }
      }
      const initial = Object.fromEntries(parts.map(part => [part, start]))
      return permute(
        scan(step as never, initial, projected, options).outputs as Tensor<[Dim, Dim, Dim], 'f32'>,
        [1, 0, 2],
      )
    }
  }) as never
}

/**
 * Gated recurrent unit (Cho et al. 2014, arXiv 1406.1078), as PyTorch defines it: `r, z = sigmoid(W x + b + U h + c)`, `n = tanh(W x +
 * b + r (U h + c))`, `h = (1 - z) n + z h`, from `h = 0`. `[N, T, from]` to `[N, T, hidden]`. Gates in `weight_ih_l0` `[3 hidden, from]`,
 * `weight_hh_l0` `[3 hidden, hidden]` and the biases: r, z, n. Options are those of `scan`.
 */
export const gru = <const I extends number, const H extends number>(
  from: I,
  hidden: H,
  options: ScanOptions = {},
): Recurrent<I, H> =>
  recurrent(from, hidden, 3, ['h'], options, ({ h }, [ri, zi, ni], [rh, zh, nh]) => {
    const [r, z] = [sigmoid(add(ri!, rh!)), sigmoid(add(zi!, zh!))]
    const n = tanh(add(ni!, mul(r, nh!)))
    return { h: add(n, mul(z, sub(h!, n))) }
  })

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997), as PyTorch defines it: `i, f, o = sigmoid(W x + b + U h + c)`, `g = tanh(...)`,
 * `c = f c + i g`, `h = o tanh(c)`, from zeros. `[N, T, from]` to `[N, T, hidden]`. Gates in `weight_ih_l0` `[4 hidden, from]`,
 * `weight_hh_l0` `[4 hidden, hidden]` and the biases: i, f, g, o. Options are those of `scan`.
 */
export const lstm = <const I extends number, const H extends number>(
  from: I,
  hidden: H,
  options: ScanOptions = {},
): Recurrent<I, H> =>
  recurrent(from, hidden, 4, ['h', 'c'], options, ({ c }, input, recurred) => {
    const [i, f, g, o] = input.map((one, at) => add(one, recurred[at]!))
    const next = add(mul(sigmoid(f!), c!), mul(sigmoid(i!), tanh(g!)))
    return { h: mul(sigmoid(o!), tanh(next)), c: next }
  })
