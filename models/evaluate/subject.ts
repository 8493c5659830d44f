/** What is evaluated: an encoder as pretraining left it, and the way images or recordings reach it. */

import { compile } from '../../compiler/compile.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { targetFor } from '../../compiler/kernels/target.js'
import { entry } from '../../compiler/language/entry.js'
import { module } from '../../compiler/language/module.js'
import { evaluating } from '../../compiler/language/trace.js'
import type { Device } from '../../runtime/device.js'
import { BadInput } from '../../runtime/errors.js'
import type { Session } from '../../runtime/run.js'
import type { Tensors } from '../../runtime/safetensors.js'
import { encoderOf } from '../build.js'
import type { Examples } from '../data/examples.js'
import { type DataSet, type Domain, domainOf } from '../domains.js'
import type { Encoder } from '../encoders/encoder.js'
import type { Recipe } from '../recipes.js'
import { importWeights } from '../weights.js'
import { embedAll, type Features, using } from './features.js'

export type AnyEncoder = Encoder<any, number, string, any>

/**
 * An encoder that can be built as often as there are programs to mount it in, and its weights.
 *
 * ```ts
 * const subject: Subject = { encoder: () => resnet18(), weights: readSafetensors(file).tensors, views: 'simsiam-cifar' }
 * ```
 */
export interface Subject {
  /** A new module of the architecture, for views with so many channels and pixels (`encoderOf`). */
  readonly encoder: (channels: number, size?: number) => AnyEncoder
  /** Its variables, by their paths in the encoder: `stage1.0.weight`. Default: those that the seed draws, as a baseline. */
  readonly weights?: Tensors
  /** The recipe of its views: the normalisation that it expects, and the positive pairs that it learned from. */
  readonly views: Recipe['views']
  /** Pixels of a view of images. Default: those of the images. */
  readonly size?: number
}

/**
 * The encoder of a run, from its recipe and the tensors of its checkpoint: those below `from`. Throws `BadInput` if
 * there are none.
 */
export function subjectOf(
  recipe: Recipe,
  tensors: Tensors,
  { size, from = 'encoder' }: { readonly size?: number; readonly from?: string } = {},
): Subject {
  const weights = Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith(`${from}.`))
      .map(([name, tensor]) => [name.slice(from.length + 1), tensor]),
  )
  if (Object.keys(weights).length === 0)
    throw new BadInput(`there are no weights below ${from}: these are not the variables of a pretraining run.`)
  return {
    encoder: (channels, size) => encoderOf(recipe, channels, size),
    weights,
    views: recipe.views,
    ...(size && { size }),
  }
}

/** The same architecture with the weights that the seed draws. */
export const untrained = ({ weights: _, ...rest }: Subject): Subject => rest

/** How examples of a set reach the subject. */
export const domainFor = ({ views, size }: Subject, set: DataSet): Domain =>
  domainOf(set, views, size === undefined ? {} : { size })

/** A module that holds the encoder as `encoder`, as `loadWeights` expects it. */
export function mounted(
  subject: Subject,
  { channels, size }: Domain,
): { encoder: AnyEncoder; embed: (x: Untyped) => Untyped } {
  const encoder = subject.encoder(channels, size)
  module(({ use }) => use('encoder', encoder))
  return { encoder, embed: x => evaluating(() => encoder(x as never)) }
}

/** Gives the encoder of a loaded program the subject's weights. Throws `BadInput` if they do not fit. */
export function loadWeights(session: Session, { weights }: Subject): void {
  if (weights) importWeights(session, weights, { to: 'encoder' })
}

export interface EmbedOptions {
  /** Examples per run. Default 64. */
  readonly batch?: number
  /** Of the weights, where the subject has none. Default 0. */
  readonly seed?: number
}

/** Pooled features of examples as they are, without augmentation: one `Features` per split. */
export async function featuresOf(
  device: Device,
  subject: Subject,
  set: DataSet,
  splits: readonly Examples[],
  { batch = 64, seed = 0 }: EmbedOptions = {},
): Promise<Features[]> {
  const domain = domainFor(subject, set)
  const { embed } = mounted(subject, domain)
  const entries = {
    embed: entry(domain.inputs, (given: any) => ({
      features: embed(domain.plain(given)) as Tensor,
    })),
  }
  const program = compile(entries as never, { batch } as never, { target: targetFor(device) })
  return using(
    device,
    program,
    async session => {
      loadWeights(session, subject)
      const features: Features[] = []
      for (const split of splits) features.push(await embedAll(session, split, batch))
      return features
    },
    { seed },
  )
}
