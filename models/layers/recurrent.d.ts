/** Recurrent layers on sequences `[N, T, F]`. Variables have the names and gates of PyTorch's layers of one direction. */
import type { Tensor } from '../../compiler/graph/node.js';
import { type Module } from '../../compiler/language/module.js';
import { type ScanOptions } from '../../compiler/language/scan.js';
import type { Features, Twinned } from '../../compiler/types/layer.js';
import type { Dim } from '../../compiler/types/shape.js';
import type { Gradient } from '../../compiler/types/tensor.js';
interface OfSteps<I extends Dim, H extends Dim, Flows extends Gradient> extends Module, Features<I, H> {
    <N extends Dim, T extends Dim, G extends Gradient>(x: Tensor<[N, T, I], 'f32', G>): Tensor<[N, T, H], 'f32', G | Flows>;
}
/** From a sequence `[N, T, I]` to the hidden state after each of its steps, `[N, T, H]`: `index(y, 1, -1)` is the last. */
export type Recurrent<I extends Dim, H extends Dim> = OfSteps<I, H, 'flows'> & Twinned<OfSteps<I, H, never>>;
/**
 * Gated recurrent unit (Cho et al. 2014, arXiv 1406.1078), as PyTorch defines it: `r, z = sigmoid(W x + b + U h + c)`, `n = tanh(W x +
 * b + r (U h + c))`, `h = (1 - z) n + z h`, from `h = 0`. `[N, T, from]` to `[N, T, hidden]`. Gates in `weight_ih_l0` `[3 hidden, from]`,
 * `weight_hh_l0` `[3 hidden, hidden]` and the biases: r, z, n. Options are those of `scan`.
 */
export declare const gru: <const I extends number, const H extends number>(from: I, hidden: H, options?: ScanOptions) => Recurrent<I, H>;
/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997), as PyTorch defines it: `i, f, o = sigmoid(W x + b + U h + c)`, `g = tanh(...)`,
 * `c = f c + i g`, `h = o tanh(c)`, from zeros. `[N, T, from]` to `[N, T, hidden]`. Gates in `weight_ih_l0` `[4 hidden, from]`,
 * `weight_hh_l0` `[4 hidden, hidden]` and the biases: i, f, g, o. Options are those of `scan`.
 */
export declare const lstm: <const I extends number, const H extends number>(from: I, hidden: H, options?: ScanOptions) => Recurrent<I, H>;
export {};
