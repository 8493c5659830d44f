/** Modules as functions of their variables, for what computes with other values of these than their own: inner loops of meta-learning. */
import { type Tensor } from '../graph/node.js';
import { type Module } from './module.js';
/** The trained variables of a module by name, as `grad` takes them and `functionalCall` does. */
export declare const namedParameters: (module: Module) => Record<string, Tensor<any, 'f32', 'flows'>>;
/**
 * `module(...inputs)` with `values` in the place of the variables that have these names; the others are their own. For steps of
 * an inner loop: what comes of them is differentiated through. Throws `ShapeError` for names that the module has not, and other
 * shapes or dtypes.
 */
export declare function functionalCall<I extends readonly unknown[], O>(module: ((...inputs: I) => O) & Module, values: Readonly<Record<string, Tensor>>, ...inputs: I): O;
