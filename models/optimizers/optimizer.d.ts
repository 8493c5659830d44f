/**
 * Optimizers: the new value of one parameter from its gradient, as a formula on tensors. What an optimizer remembers
 * per parameter is a state variable (`optimizer.<parameter>.momentum`), so checkpoints hold it like any other.
 */
import { type Stopped, type Tensor } from '../../compiler/graph/node.js';
import { type Variable } from '../../compiler/language/module.js';
import type { Shape } from '../../compiler/types/shape.js';
import { type Schedule } from '../schedules.js';
import type { Guard } from './scaling.js';
/** What one step of one parameter may use. */
export interface Moment<S extends Shape = any> {
    /** The rate of this step. */
    readonly learningRate: Stopped<[]>;
    /** Steps taken before this one. */
    readonly step: Stopped<[], 'u32'>;
    /** What the optimizer remembers of the parameter under `name`: 0 at first, shaped like it if no other `shape` is given. */
    kept(name: string): Stopped<S>;
    kept<const T extends Shape>(name: string, shape: T): Stopped<T>;
    /** Remembers `value` in its place from the next step on, and returns it. */
    keep<T extends Tensor>(name: string, value: T): T;
}
/** What an optimizer moves. */
export interface Parameter<S extends Shape = any> extends Variable<Tensor<S, 'f32'>> {
}
/**
 * An optimizer is an object with a learning rate and a formula: one of one's own is written as these are.
 *
 * ```ts
 * // Lion (Chen et al., arXiv 2302.06675)
 * const lion = (learningRate: number | Schedule, [b1, b2] = [0.9, 0.99]): Optimizer => ({
 *   learningRate,
 *   descend({ tensor }, gradient, { learningRate: rate, kept, keep }) {
 *     const m = kept('momentum')
 *     keep('momentum', lerp(gradient, m, b2))
 *     return sub(tensor, mul(rate, sign(lerp(gradient, m, b1))))
 *   },
 * })
 * ```
 */
export interface Optimizer {
    /** The rate, or its schedule; a step reports it. */
    readonly learningRate: number | Schedule;
    /** The value of `parameter` after a step along `gradient`, shaped like it. */
    readonly descend: (parameter: Parameter, gradient: Tensor<any, 'f32'>, moment: Moment) => Tensor;
    /** Parameters that have an optimizer of their own, and the optimizer of all others: see `grouped`. */
    readonly groups?: readonly Group[];
    /** Of the parameters that no group holds. */
    readonly rest?: Optimizer;
}
/** What an optimizer is told: its options, or the learning rate alone. */
export type Told<O> = number | Schedule | O;
/** The options of `name`. Throws `ShapeError` for some that it has not. */
export declare function toldOptions<O extends {
    readonly learningRate: number | Schedule;
}>(name: string, told: Told<O>, names: readonly (keyof O & string)[]): O;
/** Chooses parameters by name and shape. */
export type Where = (name: string, shape: readonly number[]) => boolean;
/** Biases and the scales and shifts of normalisation layers: everything of rank 1. */
export declare const biasAndNorm: Where;
/** The parameters of one part: `within('predictor')` is every `predictor.*`. */
export declare const within: (part: string) => Where;
/** Decays every parameter unless `exclude` says so. */
export declare const decayOf: ({ name, tensor }: Variable, weightDecay: number, exclude?: Where) => number;
/** Throws `ShapeError` for what is no optimizer. */
export declare function checkOptimizer({ learningRate, descend, groups, rest }?: Optimizer): void;
/** Parameters that have an optimizer of their own: what `grouped` takes. */
export interface Group {
    /** Which parameters. */
    readonly where: Where;
    /** What moves them. */
    readonly optimizer: Optimizer;
}
/**
 * `rest`, except for the parameters of `groups`: each has the optimizer of the first group that holds it, with its own
 * learning rate, weight decay and state. The learning rate that a step reports is that of `rest`. A group that holds no
 * parameter is a `ShapeError` when traced.
 *
 * ```ts
 * // SimSiam's predictor, whose learning rate does not decay (arXiv 2011.10566, section 4.2)
 * const options = { momentum: 0.9, weightDecay: 1e-4 }
 * const optimizer = grouped(
 *   [{ where: within('predictor'), optimizer: sgd({ learningRate: 0.05, ...options }) }],
 *   sgd({ learningRate: cosineSchedule(0.05, { steps }), ...options }),
 * )
 * ```
 */
export declare const grouped: (groups: readonly Group[], rest: Optimizer) => Optimizer;
/**
 * The same optimizer up the gradient: for parameters that work against the loss, such as an adversarial generator's. Weight
 * decay still makes them smaller.
 */
export declare const ascend: (optimizer: Optimizer) => Optimizer;
/** The first names of parameters: `encoder`, `projector`, ... */
export declare const partsOf: (parameters: readonly Variable[]) => string[];
export declare const partOf: ({ name }: Variable) => string;
/** The state variable that `optimizer` keeps of `parameter` under `name`: 0 at first. */
export declare function slotOf(optimizer: Optimizer, parameter: Variable, name: string, size?: readonly number[]): Stopped<any>;
/** The slot of `accumulate`, which an optimizer would write over. */
export declare const SUMS = "accumulated";
/**
 * Updates parameters along their gradients, and the slots of the optimizer. Returns the learning rate used. With a `guard`
 * all of them stay as they are unless it is good, and steps that were skipped do not count for the optimizer.
 */
export declare function descend(optimizer: Optimizer, parameters: readonly Variable[], gradients: readonly Tensor[], step: Stopped<[], 'u32'>, guard?: Guard): Stopped<[]>;
