/** Tensors from nothing but a shape or data, under the names that everybody types. All of them are expressions: they take no memory where they are fused. */
import type { Stopped, Tensor } from '../graph/node.js';
import type { Dim, Shape } from '../types/shape.js';
import type { DType } from '../types/tensor.js';
/** `select`, as PyTorch and NumPy call it. */
export declare const where: (<C extends Shape, A extends Shape = Shape, B extends Shape = Shape, D extends DType = never, E extends DType = never, G extends import("../types/tensor.js").Gradient = never, H extends import("../types/tensor.js").Gradient = never, K extends DType = "bool">(condition: import("../types/tensor.js").OfDType<K, "bool", import("../types/shape.js").Within<import("../ops/elementwise.js").Together<A, B, D, E>, C, Tensor<C, K, import("../types/tensor.js").Gradient>, Tensor<C, K, import("../types/tensor.js").Gradient>, import("../types/tensor.js").Proved<import("../types/shape.js").BroadcastKnown<import("../ops/elementwise.js").Together<A, B, D, E>, C>, Tensor<C, K, import("../types/tensor.js").Gradient>>>, `select takes a bool condition, got ${K}: compare it with a number first`>, a: number | Tensor<A, D, G>, b: number | import("../ops/elementwise.js").Beside<A, B, D, E, Tensor<B, E, H>>) => Tensor<import("../ops/elementwise.js").Together<C, import("../ops/elementwise.js").Together<A, B, D, E>, DType, D | E>, NoInfer<D | E>, NoInfer<G | H>>) & {
    readonly operation: import("../graph/operation.js").Operation;
};
/**
 * A tensor of zeros, or of false: `zeros([2, 3])` is f32. Throws `ShapeError` for a size that is no whole number of at
 * least 0.
 */
export declare const zeros: <const S extends Shape, D extends DType = 'f32'>(shape: S, dtype?: D) => Stopped<S, NoInfer<D>>;
/**
 * A tensor of ones, or of true: `ones([2, 3])` is f32. Throws `ShapeError` for a size that is no whole number of at
 * least 0.
 */
export declare const ones: <const S extends Shape, D extends DType = 'f32'>(shape: S, dtype?: D) => Stopped<S, NoInfer<D>>;
/** `0, 1, ..., count - 1`, as i32 by default. */
export declare const arange: <const N extends Dim, D extends 'i32' | 'u32' | 'f32' = 'i32'>(count: N, dtype?: D) => Stopped<[N], NoInfer<D>>;
/** The identity matrix; as `bool`, true on the diagonal. */
export declare const eye: <const N extends Dim, D extends Exclude<DType, 'u8'> = 'f32'>(size: N, dtype?: D) => Stopped<[N, N], NoInfer<D>>;
/** A number, or a list of such with one shape. */
export type Nested = number | readonly Nested[];
type ShapeOf<T> = T extends readonly (infer E)[] ? [T['length'], ...ShapeOf<E>] : [];
type Numbers = Float32Array | Int32Array | Uint32Array;
type DTypeOf<T> = T extends Int32Array ? 'i32' : T extends Uint32Array ? 'u32' : 'f32';
/**
 * A tensor of the numbers given, typed by their nesting: `tensor([[1, 2], [3, 4]])` is `[2, 2]`. They become part of the
 * kernels that read them, so there may be 1024 at most: what is larger is an input, or a variable.
 */
export declare function tensor<const T extends Nested | Numbers, D extends DType = DTypeOf<T>>(data: T, dtype?: D): Stopped<T extends Numbers ? [number] : ShapeOf<T>, NoInfer<D>>;
export {};
