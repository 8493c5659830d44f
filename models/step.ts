/**
 * One step along the gradient of a loss, as part of a traced entry: what `fit`, `train` and detectors have in common.
 * Gradients, their scaling, accumulation and clipping, the optimizer, updates that follow it, and the step counter.
 */
import { backward } from '../compiler/gradient/reverse.js'
import { given, isTensor, type Stopped, type Tensor, withScope } from '../compiler/graph/node.js'
import { ShapeError, show } from '../compiler/graph/shape.js'
import { stepVariable } from '../compiler/language/entry.js'
import { parametersOf, update, updateWhere, type Variable } from '../compiler/language/module.js'
import { add, constant } from '../compiler/ops/index.js'
import type { FeatureAugmentation } from './augment/feature.js'
import { moduleOf } from './augment/operators/operator.js'
import { accumulated } from './optimizers/accumulate.js'
import { type Clip, clipped } from './optimizers/clip.js'
import { checkOptimizer, descend, type Group, grouped, type Optimizer } from './optimizers/optimizer.js'
import { type LossScale, type ScaleMetrics, scaledGradients } from './optimizers/scaling.js'

/** How a step takes its gradients: what `fit` and `train` may both be told. */
export interface StepOptions {
  /**
   * For programs compiled with `precision: 'f16'`: scales the loss before its gradients are taken, and skips parameters
   * and optimizer on steps that overflow. `'dynamic'` starts at 65536. Default: no scaling, no step is skipped.
   */
  readonly lossScale?: LossScale
  /**
   * Calls per optimizer step: gradients are averaged over so many batches, and parameters, optimizer, momentum networks,
   * queues and the step counter (so schedules too) move on the last of them only. Outputs are those of the one
   * batch, and batch norm sees each batch for itself. With `lossScale` a batch that overflows is left out. Default 1.
   */
  readonly accumulate?: number
  /** Clips the gradients that the optimizer gets: `{ norm: 1 }` all together, `{ value: 0.5 }` each element. Default: not at all. */
  readonly clip?: Clip
}

/** Scaling the loss reports the scale of the step and the number of steps skipped so far. */
type ScaleMetricsOf<O> = O extends { readonly lossScale: LossScale } ? ScaleMetrics : unknown
/** Clipping by norm reports what the norm was. */
type ClipMetricsOf<O> = O extends { readonly clip: { readonly norm: number } }
  ? { readonly gradientNorm: Stopped<[]> }
  : unknown
/** What a step reports: the loss before it, the learning rate used, and what its options add. */
export type Stepped<O> = { loss: Tensor<[], 'f32'>; learningRate: Stopped<[]> } & ScaleMetricsOf<O> & ClipMetricsOf<O>

/** What stands around a step. */
export interface Around {
  /** Makes the updates that follow it: momentum networks, queues. */
  afterStep?(): void
  /** Feature augmentations: learned ones may bring an optimizer for their parameters. */
  readonly augmentations?: readonly FeatureAugmentation[]
  /** Is shown the gradients before they are clipped. */
  seen?(gradients: readonly Tensor[]): void
}

/** Moves `parameters` by one step, and counts it. Throws `ShapeError`. */
export function takeStep(
  parameters: readonly Variable[],
  loss: Tensor<[], 'f32'>,
  optimizer: Optimizer,
  { lossScale, accumulate, clip, ...others }: StepOptions,
  around: Around = {},
): Stepped<unknown> {
  checkStep(parameters, loss, optimizer, others)
  const step = stepVariable.tensor
  const wrt = parameters.map(({ tensor }) => tensor)
  const scaled = lossScale === undefined ? undefined : scaledGradients(loss, wrt, lossScale)
  const gradients = scaled?.gradients ?? backward([[loss, constant(1, [])]], wrt)
  around.seen?.(gradients)
  const group =
    accumulate === undefined ? undefined : accumulated(optimizer, parameters, gradients, accumulate, scaled?.guard.good)
  const along = clip && clipped(group?.mean ?? gradients, clip)
  let learningRate!: Stopped<[]>
  const advance = (): void => {
    const guard = group ? undefined : scaled?.guard
    const mover = withLearned(around.augmentations ?? [], optimizer)
    learningRate = withScope('optimizer', () =>
      descend(mover, parameters, along?.clipped ?? group?.mean ?? gradients, step, guard),
    )
    withScope('target', () => around.afterStep?.())
    update(step, add(step, 1))
  }
  if (group) updateWhere(group.due, advance)
  else advance()
  return { loss, learningRate, ...scaled?.metrics, ...(along?.total && { gradientNorm: along.total }) }
}

function checkStep(parameters: readonly Variable[], loss: Tensor, optimizer: Optimizer, others: object): void {
  const [unknown] = Object.keys(others)
  if (unknown !== undefined)
    throw new ShapeError(
      `a training step has no option ${unknown}: it has accumulate, clip and lossScale, with fit also afterStep and unreached, with train monitor and labels`,
    )
  if (!isTensor(loss) || loss.dtype !== 'f32' || loss.shape.length > 0)
    throw new ShapeError(
      `a loss is an f32 scalar, got ${isTensor(loss) ? `${loss.dtype}${show(loss.shape)}: reduce it with mean or sum` : given(loss)}`,
    )
  if (parameters.length === 0)
    throw new ShapeError(
      'what is to be trained has no parameters: declare them with param, and mount its parts with use',
    )
  checkOptimizer(optimizer)
}

/** `optimizer`, but for learned feature augmentations that bring one: it moves their parameters unless a group of `optimizer` does. */
function withLearned(augmentations: readonly FeatureAugmentation[], optimizer: Optimizer): Optimizer {
  const brought = augmentations.flatMap(({ operator }): Group[] => {
    if (!operator.optimizer) return []
    const names = new Set(parametersOf(moduleOf(operator)!).map(({ name }) => name))
    return [{ where: name => names.has(name), optimizer: operator.optimizer }]
  })
  if (brought.length === 0) return optimizer
  return grouped([...(optimizer.groups ?? []), ...brought], optimizer.rest ?? optimizer)
}
