/**
 * Random tensors. Each call is a stream of its own, keyed by the program's seed and step and by the call's place in the
 * modules, so the same program draws the same numbers on every device. No gradient flows through draws.
 */
import type { Stopped, Tensor } from '../graph/node.js';
import type { Shape } from '../types/shape.js';
/** 32 random bits per element. */
export declare function bits<const S extends Shape>(shape: S): Stopped<S, 'u32'>;
/** Uniform on `[low, high)`, by default `[0, 1)`, in steps of 2^-24 of the range. */
export declare function uniform<const S extends Shape>(shape: S, low?: number, high?: number): Stopped<S>;
/** Standard normal, by Box and Muller (1958): sqrt(-2 ln u) cos(2 pi v). At most 5.8 in size. */
export declare function normal<const S extends Shape>(shape: S): Stopped<S>;
/** True with probability `p`, a number or a scalar tensor. */
export declare const bernoulli: <const S extends Shape>(p: number | Tensor<[], 'f32'>, shape: S) => Stopped<S, 'bool'>;
/** Uniform integers `low`, ..., `high - 1`. */
export declare function randint<const S extends Shape>(low: number, high: number, shape: S): Stopped<S, 'i32'>;
/** A random order of `0 .. count - 1`: that of `count` random keys. */
export declare const permutation: <const N extends number>(count: N) => Stopped<[N], 'i32'>;
/** Beta(a, b) for any positive numbers: x / (x + y) of two gamma draws, formed from their logarithms. */
export declare function beta<const S extends Shape>(a: number, b: number, shape: S): Stopped<S>;
