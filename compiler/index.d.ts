/**
 * Operations, composed functions, modules, gradients, and `compile`.
 *
 * @module facet-tensor
 */
export { type BundleOptions, bundle, type Files, type VariantName } from './bundle/write.js';
export * from './compile.js';
export { grad } from './gradient/reverse.js';
export { type Graph, leafName } from './graph/graph.js';
export type { Stopped, Tensor, Untyped } from './graph/node.js';
export { idsOf, print } from './graph/print.js';
export { ShapeError } from './graph/shape.js';
export { printKernel } from './kernels/kernel.js';
export { cpu, portable, software, type Target, targetFor, targets } from './kernels/target.js';
export * from './language/activation.js';
export { type AttentionOptions, attention } from './language/attention.js';
export * from './language/create.js';
export { type Entry, entry, f32, i32, seedVariable, stepVariable, UnboundSize, u8, u32 } from './language/entry.js';
export { functionalCall, namedParameters } from './language/functional.js';
export { map } from './language/map.js';
export * from './language/math.js';
export * from './language/matrix.js';
export * from './language/module.js';
export * from './language/movement.js';
export { einsum, PatternError, rearrange, reducePattern } from './language/pattern.js';
export * from './language/prefix.js';
export * from './language/random.js';
export { cropResize, resize, resizeNearest } from './language/resample.js';
export * from './language/sample.js';
export { type ScanOptions, scan } from './language/scan.js';
export { type ImageLayer, type Layer, type Pointwise, type SequenceLayer, sequential } from './language/sequential.js';
export { evaluating, isTraining } from './language/trace.js';
export * from './language/window.js';
export { printProgram } from './loops/program.js';
export * from './ops/index.js';
export { LimitError } from './plan/limits.js';
export type { Program } from './plan/program.js';
export type { Dim, Shape } from './types/shape.js';
export type { DType, Gradient } from './types/tensor.js';
