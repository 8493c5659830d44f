/**
 * Gradient flow: what gradient an augmented copy `a = A(x; phi)` passes on to the clean feature `x` and to the
 * parameters `phi` of the operator. The value is `a` in every case.
 */
import type { Tensor } from '../../compiler/graph/node.js';
import type { Shape } from '../../compiler/types/shape.js';
import type { Context, Operator } from './operators/operator.js';
/**
 * | flow | value | gradient to x | gradient to phi |
 * | --- | --- | --- | --- |
 * | `'full'` | `a` | `J_A` | yes |
 * | `'stopped'` | `sg(a)` | 0 | 0 |
 * | `'generator'` | `A(sg(x); phi)` | 0 | yes |
 * | `'straight-through'` | `x + sg(a - x)` | identity | 0 |
 * | `'delta'` | `sg(x) + (a - x)` | `J_A - I` | yes |
 * | `'frozen-statistics'` | statistics under `sg` | part of `J_A` | yes |
 * | `'adversarial'`, `{ adversarial: r }` | `a` | `J_A` | times `-r` (default 1) |
 * | `'partner-stopped'` | the partner of a mixture under `sg` | own part of `J_A` | yes |
 * | `{ scaled: s }` | `s a + (1 - s) sg(a)` | `s J_A` | times `s` |
 *
 * In the order of the table these are G0, G1, G2, G3, G4, G5, G6, G7 and G8 of this project's list of flows. Some are the same
 * function: noise whose scale does not depend on x has `J_A = I`, so `'full'` equals `'straight-through'` and `'delta'`
 * passes nothing; `{ scaled: 0 }` is `'stopped'` and `{ scaled: 1 }` is `'full'`; a scalar extrapolation of a pair of unit rows
 * changes the gradient's length only, whatever the flow (the score is an affine function of the clean one).
 */
export type Flow = 'full' | 'stopped' | 'generator' | 'straight-through' | 'delta' | 'frozen-statistics' | 'adversarial' | {
    readonly adversarial: number;
} | 'partner-stopped' | {
    readonly scaled: number;
} | PairFlow;
/** Flows of a pair: no gradient through the augmented target side, or through the augmented online side. */
export type PairFlow = 'target-stopped' | 'online-stopped';
type Has<O, T> = O extends {
    readonly traits: readonly (infer Own)[];
} ? (T extends Own ? true : false) : false;
/** The flows that an operator can tell apart. What gives other rows than it is given has no row to go straight through to. */
export type FlowOf<O extends Operator> = 'full' | 'stopped' | {
    readonly scaled: number;
} | (Has<O, 'joint'> extends true ? never : Has<O, 'fewer'> extends true ? never : 'straight-through' | 'delta') | (Has<O, 'statistics'> extends true ? 'frozen-statistics' : never) | (Has<O, 'partner'> extends true ? 'partner-stopped' : never) | (Has<O, 'learned'> extends true ? 'generator' | 'adversarial' | {
    readonly adversarial: number;
} : never);
/** The first words of all flows. */
export declare const flowNames: readonly ['full', 'stopped', 'generator', 'straight-through', 'delta', 'frozen-statistics', 'adversarial', 'partner-stopped', 'scaled', 'target-stopped', 'online-stopped'];
/** A flow in a word: `scaled=0.5` for `{ scaled: 0.5 }`. */
export declare const flowName: (flow: Flow) => string;
/** The trait that an operator needs for a flow; nothing for flows that every operator has. */
export declare const traitFor: (flow: Flow) => 'statistics' | 'partner' | 'learned' | undefined;
/** The value and its gradient as they are. */
export declare const same: <S extends Shape>(x: Tensor<S, 'f32'>) => Tensor<S, 'f32'>;
/** The value without its gradient, under a type that holds it where gradients may flow. */
export declare const stopped: <S extends Shape>(x: Tensor<S, 'f32'>) => Tensor<S, 'f32'>;
/** What an operator is told, so that the gradient inside of it is as `flow` says. */
export declare function contextOf(flow: Flow, strength: number): Context;
/** The copy that `apply` makes of `x`, with the gradient that `flow` says. */
export declare function withFlow<S extends Shape>(flow: Flow, x: Tensor<S, 'f32'>, apply: (x: Tensor<S, 'f32'>) => Tensor<S, 'f32'>): Tensor<S, 'f32'>;
export {};
