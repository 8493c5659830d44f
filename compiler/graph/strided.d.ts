/** The elements `data[start + sum of index[axis] * step[axis]]` for every index of `shape`, row-major. */
export declare function strided(data: Float64Array, shape: readonly number[], step: readonly number[], start?: number): Float64Array;
/** The opposite: element `index` of `data`, which has `shape`, goes to `out[start + sum of index[axis] * step[axis]]`. */
export declare const scattered: (out: Float64Array, data: Float64Array, shape: readonly number[], step: readonly number[], start?: number) => void;
/** Steps that read a tensor of `shape` as if it were broadcast to `result`: axes of size 1, and missing ones, repeat. */
export declare function broadcastSteps(shape: readonly number[], result: readonly number[]): number[];
