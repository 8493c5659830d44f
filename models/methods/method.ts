/**
 * What a method is: a module that knows its loss on two views of a batch, how to embed images for evaluation, and what
 * it updates besides parameters after a step. `train` does the rest, so a method is little more than its formula.
 */
import type { Stopped, Tensor, Untyped } from '../../compiler/graph/node.js'
import { type Builder, latest, type Module, module, pairs, update } from '../../compiler/language/module.js'
import { evaluating } from '../../compiler/language/trace.js'
import { add, mul, sub } from '../../compiler/ops/index.js'
import type { Features, Fit } from '../../compiler/types/layer.js'
import type { Dim } from '../../compiler/types/shape.js'
import type { Copies, FeatureAugmentation } from '../augment/feature.js'

/** A module from a batch of views (images `[N, C, H, W]`, or rows) to pooled features `[N, F]`. */
export type Encoder = ((views: any) => Tensor<any, 'f32'>) & Module
/** What an encoder takes. */
export type ViewsOf<E extends Encoder> = Parameters<E>[0]
/** `F`, the number of features that an encoder gives. */
export type FeaturesOf<E> =
  E extends Features<any, infer O>
    ? O & Dim
    : E extends (...x: any) => Tensor<[any, infer O extends Dim], any, any>
      ? O
      : number

/** A module on rows of features: a projector, a predictor. */
export type Head = ((x: any) => any) & Module & Features
/** The features that a head gives. */
export type Given<H> = H extends Features<any, infer O> ? O & Dim : number
/** `H` if it takes the features that `E` gives, otherwise the message that says so. */
export type OnEncoder<H, E> = Fit<H, FeaturesOf<E>>
/** `H` if it takes what `J` gives and gives the same again, otherwise the message. */
export type OnProjections<H, J> =
  H extends Features<any, infer O>
    ? number extends O | Given<J>
      ? Fit<H, Given<J>>
      : O extends Given<J>
        ? Fit<H, Given<J>>
        : `predictor gives ${O & Dim} features, projections have ${Given<J>}`
    : H

/** Scalars that a step reports beside the loss. */
export type Metrics = Readonly<Record<string, Stopped<[]>>>
export interface Loss<M extends Metrics = Metrics> {
  readonly loss: Tensor<[], 'f32'>
  readonly metrics: M
}

export interface Method<E extends Encoder = any, M extends Metrics = Metrics> extends Module {
  /** Loss and metrics of two views of the same images. */
  loss(one: ViewsOf<E>, two: ViewsOf<E>): Loss<M>
  /** Pooled features `[N, F]`, with the encoder in evaluation form: nothing is updated. */
  embed<V extends ViewsOf<E>>(views: V): Tensor<[Batch<V>, FeaturesOf<E>], 'f32'>
  /** Makes the updates that follow an optimizer step: momentum networks, queues. `loss` comes first. */
  afterStep(): void
  /** The method and its augmentations in words, for reports. */
  readonly label: string
}
type Batch<V> = V extends Tensor<[infer N extends Dim, ...any], any, any> ? N : number

/** Inside a method, sizes have been checked at its door. */
type Plain = (x: Untyped) => Untyped

/**
 * A method from its parts: `build` mounts encoder and heads with `use`, and returns the loss and, where there is any,
 * what to update after a step.
 */
export function method<E extends Encoder, M extends Metrics>(
  label: string,
  build: (builder: Builder) => {
    readonly encoder: Plain
    readonly loss: (one: Untyped, two: Untyped) => Loss<M>
    readonly afterStep?: () => void
  },
): Method<E, M> {
  let built!: ReturnType<typeof build>
  const loss = module(builder => {
    built = build(builder)
    return built.loss
  })
  const rest = {
    loss,
    embed: (views: Untyped) => evaluating(() => built.encoder(views)),
    afterStep: () => built.afterStep?.(),
    label,
  }
  return Object.assign(loss, rest) as unknown as Method<E, M>
}

/** `simsiam`, or `simsiam + gaussianNoise(cosine 0.95) at projection, online, full`. */
export const labelOf = (name: string, augment?: FeatureAugmentation | readonly FeatureAugmentation[]): string =>
  [name, ...([augment ?? []].flat() as FeatureAugmentation[]).map(({ label }) => label)].join(' + ')

/** One side of a pair from pooled features to projections, with what is placed at both sites. */
export const projected = (
  copies: Copies,
  side: 'online' | 'target',
  pooled: Untyped,
  project: (copies: readonly Tensor[]) => Tensor[],
): { plain: Untyped[]; augmented: Untyped[] } => {
  const plain = project(copies.apply('pooled', side, copies.of(pooled)))
  return { plain, augmented: copies.apply('projection', side, plain) as Untyped[] }
}

/** `copy = m copy + (1 - m) original` for the parameters, with the originals' new values; statistics are not touched. */
export function follow(copy: Module, original: Module, m: Stopped<[]>): void {
  for (const [target, online] of pairs(copy, original))
    if (online.kind === 'parameter') {
      const next: Untyped = latest(online.tensor)
      update(target.tensor, add(next, mul(m, sub(target.tensor, next))))
    }
}
