/**
 * Loss scaling, for programs that store gradients in f16 (`compile(..., { precision: 'f16' })`): the loss is multiplied by
 * a scale so that small gradients do not vanish, gradients are divided by it again, and a step on which they left the
 * range of f16 is skipped. The device decides that, so nothing is read back. Micikevicius et al., arXiv 1710.03740;
 * semantics and defaults of PyTorch's `GradScaler`: scale 2^16 at first, doubled after 2000 good steps in a row, halved
 * after an overflow; skipped are parameters and optimizer slots, not running statistics or schedules.
 */
import { backward } from '../../compiler/gradient/reverse.js'
import type { Stopped, Tensor } from '../../compiler/graph/node.js'
import { ShapeError } from '../../compiler/graph/shape.js'
import { update, variable } from '../../compiler/language/module.js'
import {
  abs,
  add,
  cast,
  constant,
  div,
  equal,
  finite,
  less,
  logicalNot,
  max,
  maximum,
  minimum,
  mul,
  select,
} from '../../compiler/ops/index.js'

/** A fixed scale, best a power of 2, or one that is kept just below overflow. */
export type LossScale = number | 'dynamic'

/** Whether an optimizer may take its step, and how many of the steps before it were skipped. */
export interface Guard {
  readonly good: Tensor<[], 'bool'>
  readonly skipped: Stopped<[], 'u32'>
}

const [START, INTERVAL] = [2 ** 16, 2000]
/** Bounds of the scale, far from where it or its reciprocal would leave f32. */
const [LEAST, MOST] = [2 ** -24, 2 ** 64]
/** The largest f16. */
const HALF_MAX = 65504

/** Variables that every program has which scales its loss, as it has `step`: checkpoints hold them. */
const state = <D extends 'f32' | 'u32'>(name: string, dtype: D, initial: number): Stopped<[], D> =>
  variable(
    () => `lossScale.${name}`,
    'state',
    [],
    () => constant(initial, [], dtype),
    dtype,
  ).tensor
const dynamicScale = state('scale', 'f32', START)
/** Steps in a row without overflow since the scale last changed. */
const good = state('good', 'u32', 0)
const skipped = state('skipped', 'u32', 0)

/**
 * Gradients of `loss` with respect to `wrt`, taken of the scaled loss; `metrics` has the scale of this step and how many
 * steps were skipped so far. What f16 cannot hold is infinite from there on, and so are the gradients of parameters that are made
 * of it, or NaN; these themselves, which are f32, may reach the largest f16. Updates
 * the scale and its counters; to be called once per entry. Throws `ShapeError` for a scale that is not positive.
 */
export function scaledGradients(
  loss: Tensor<[], 'f32'>,
  wrt: readonly Tensor[],
  lossScale: LossScale,
): { gradients: Tensor<any, 'f32'>[]; guard: Guard; metrics: ScaleMetrics } {
  if (lossScale !== 'dynamic' && !(lossScale > 0 && Number.isFinite(lossScale)))
    throw new ShapeError(`lossScale must be 'dynamic' or a positive number, got ${lossScale}`)
  const scale = lossScale === 'dynamic' ? dynamicScale : constant(lossScale, [])
  const scaled = backward([[loss, scale]], wrt) as Tensor<any, 'f32'>[]
  const largest = scaled.map(g => max(abs(select(finite(g), g, HALF_MAX))))
  const fine = less(
    largest.reduce((a, b) => maximum(a, b)),
    HALF_MAX,
  )
  const skippedNow = add(skipped, cast(logicalNot(fine), 'u32'))
  update(skipped, skippedNow)
  if (lossScale === 'dynamic') {
    const run = select(fine, add(good, 1), 0)
    const due = equal(run, INTERVAL)
    update(good, select(due, 0, run))
    const kept = select(due, minimum(mul(scale, 2), MOST), scale)
    update(scale, select(fine, kept, maximum(mul(scale, 0.5), LEAST)))
  }
  const inverse = div(1, scale)
  return {
    gradients: scaled.map(g => mul(g, inverse)),
    guard: { good: fine, skipped },
    metrics: { lossScale: scale, skipped: cast(skippedNow, 'f32') },
  }
}
/** The scale of this step, and the steps skipped so far. */
export type ScaleMetrics = {
  readonly lossScale: Stopped<[]>
  readonly skipped: Stopped<[]>
}
