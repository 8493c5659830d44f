/**
 * Scatters: a point owns some neighbours of the scattered axis. It sets them to 0, then looks at all steps, and adds those that
 * name a result of its own, in their order. No two points store to one element, and what they compute does not depend on how many
 * there are.
 */
import { type Axis } from '../graph/expression.js';
import { type Kernel, type Scatter } from '../kernels/kernel.js';
import type { Schedule } from '../kernels/schedule.js';
import { type Context } from './expand.js';
import { type Context as PointContext } from './points.js';
import type { LoopProgram, Statement } from './program.js';
type Pieces = Extract<Schedule, {
    kind: 'pieces';
}>;
/** For a processor. */
export declare function scatterPoints(kernel: Kernel, scatter: Scatter, schedule: Pieces, { vectors, memoryOf }: Pick<PointContext, 'vectors' | 'memoryOf'>): {
    readonly point: Axis;
    readonly body: readonly Statement[];
};
/** For WebGPU: each invocation has one or four columns of its results. */
export declare function scatterInvocations(kernel: Kernel, scatter: Scatter, schedule: Pieces, context: Context): LoopProgram;
export {};
