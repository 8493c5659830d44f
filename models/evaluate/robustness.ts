/**
 * How much of the accuracy is left when images are corrupted, or features are disturbed by noise: the linear classifier of the
 * clean features judges both. Corruptions are applied on the device, one small entry each; the encoder is compiled once.
 */
import { compile } from '../../compiler/compile.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { targetFor } from '../../compiler/kernels/target.js'
import { entry, f32, stepVariable } from '../../compiler/language/entry.js'
import { mean } from '../../compiler/language/math.js'
import { update } from '../../compiler/language/module.js'
import { normal } from '../../compiler/language/random.js'
import { resize } from '../../compiler/language/resample.js'
import { evaluating } from '../../compiler/language/trace.js'
import { add, argmax, cast, matmul, mul, permute, sqrt, square, transpose } from '../../compiler/ops/index.js'
import type { Device } from '../../runtime/device.js'
import { BadInput } from '../../runtime/errors.js'
import type { Session } from '../../runtime/run.js'
import { normalized } from '../augment/colour.js'
import { recipesOfViews, type ViewsRecipe } from '../augment/recipes.js'
import type { DataSet, Domain } from '../domains.js'
import {
  type CorruptionName,
  corrupt,
  corruptionNames,
  corruptions,
  severityCount,
  severityNumbers,
} from './corruptions.js'
import { accuracyOf, using, zeros } from './features.js'
import type { LinearClassifier } from './linear.js'
import { domainFor, type EmbedOptions, loadWeights, mounted, type Subject } from './subject.js'

/** What `robustness` may be told. */
export interface RobustnessOptions extends EmbedOptions {
  /** Default: all of them. */
  readonly corruptions?: readonly CorruptionName[]
  /** After each pass over the test split: how many are done of how many. */
  readonly progress?: (done: number, total: number) => void
}
/** What `robustness` found: shares of the test images that are right, 0 to 1. */
export interface Robustness {
  /** Share of the test images that is right as they are. */
  readonly clean: number
  /** The same of corrupted ones, severities 1 to 5. */
  readonly corrupted: Readonly<Partial<Record<CorruptionName, readonly number[]>>>
}

/**
 * Accuracy of `classifier` on corrupted test images, each corruption at its five severities. Corruptions act on the images
 * as they are in the set, before they are resized to views. Throws `BadInput` for recordings.
 */
export async function robustness(
  device: Device,
  subject: Subject,
  set: DataSet,
  classifier: LinearClassifier,
  { corruptions: names = corruptionNames, batch = 64, seed = 0, progress }: RobustnessOptions = {},
): Promise<Robustness> {
  if (!('height' in set)) throw new BadInput(`${set.name} are recordings: corruptions are of images.`)
  const domain = domainFor(subject, set)
  const { embed } = mounted(subject, domain)
  const linear = onDevice(classifier)
  const side = subject.size ?? set.height
  const { normalize } = recipesOfViews(subject.views as ViewsRecipe).global[0]
  const seen = zeros('view', [batch, 3, side, side])
  const look = (x: Untyped): Record<string, Tensor> => {
    const same = set.height === side && set.width === side
    update(seen, normalized(same ? x : resize(x, [side, side]), normalize))
    update(stepVariable.tensor, add(stepVariable.tensor, 1))
    return {}
  }
  const unit = (images: Untyped) => mul(cast(permute(images, [0, 3, 1, 2]), 'f32'), 1 / 255)
  const corrupting = names.map(name => [
    name,
    entry({ ...domain.inputs, numbers: f32([severityNumbers(name, 1).length]) }, ({ images, numbers }: any) =>
      look(corrupt(unit(images), name, numbers)),
    ),
  ])
  const entries = {
    ...Object.fromEntries(corrupting),
    clean: entry(domain.inputs, ({ images }: any) => look(unit(images))),
    predict: entry({}, () => ({ predicted: linear.predict(embed(seen)) })),
  }
  return using(
    device,
    compile(entries as never, { batch } as never, { target: targetFor(device) }),
    async session => {
      loadWeights(session, subject)
      linear.fill(session)
      const total = 1 + names.length * severityCount
      let done = 0
      const accuracy = async (entry: string, numbers?: Float32Array): Promise<number> => {
        const right = await accuracyOf(set.test, batch, async inputs => {
          session.run(entry, { ...inputs, ...(numbers && { numbers }) })
          return (await session.call('predict')).predicted!
        })
        progress?.(++done, total)
        return right
      }
      const clean = await accuracy('clean')
      const corrupted: Partial<Record<CorruptionName, number[]>> = {}
      for (const name of names) {
        const shares: number[] = []
        for (let severity = 1; severity <= severityCount; severity++)
          shares.push(await accuracy(name, severityNumbers(name, severity)))
        corrupted[name] = shares
      }
      return { clean, corrupted }
    },
    { seed },
  )
}

/** Mean accuracy over corruptions and severities: of those in CIFAR-10-C's benchmark, where there are any. */
export function meanCorrupted({ corrupted }: Robustness): number {
  const all = Object.entries(corrupted) as [CorruptionName, readonly number[]][]
  const official = all.filter(([name]) => corruptions[name].benchmark)
  const shares = (official.length > 0 ? official : all).flatMap(([, shares]) => shares)
  return shares.reduce((a, b) => a + b, 0) / shares.length
}

/**
 * `mCE = mean_c (sum_s E_cs / sum_s B_cs)` of the errors `E` and those of a baseline `B`, and with `relative` of what they are above
 * the clean errors; over the corruptions that both have. 1 is the baseline's. Throws `BadInput` where there are none, or the
 * baseline makes no errors. Source: Hendrycks and Dietterich, arXiv 1903.12261, section 4.
 */
export function corruptionError(
  result: Robustness,
  baseline: Robustness,
  { relative = false }: { readonly relative?: boolean } = {},
): number {
  const names = corruptionNames.filter(name => result.corrupted[name] && baseline.corrupted[name])
  if (names.length === 0) throw new BadInput('the baseline and this result have no corruption in common.')
  const errors = ({ clean, corrupted }: Robustness, name: CorruptionName): number =>
    corrupted[name]!.reduce((total, right) => total + (relative ? clean : 1) - right, 0)
  const ratios = names.map(name => {
    const below = errors(baseline, name)
    if (below <= 0) throw new BadInput(`the baseline loses nothing by ${name}: there is nothing to compare with.`)
    return errors(result, name) / below
  })
  return ratios.reduce((a, b) => a + b) / names.length
}

/** What `featureNoise` may be told. */
export interface FeatureNoiseOptions extends EmbedOptions {
  /** Deviations of the noise, in units of the root mean square of each row of features. Default 0, 0.25, 0.5, 1, 2. */
  readonly levels?: readonly number[]
  /** Where the noise is added: a site of the encoder. Default `'pooled'`, the features themselves. */
  readonly site?: string
  /** After each pass over the test split: how many are done of how many. */
  readonly progress?: (done: number, total: number) => void
}

/**
 * Accuracy of `classifier` on the test examples when normal noise is added to features: `x + sigma rms(x) n`, the mean square
 * taken over each example. Returns `[sigma, accuracy]`. Throws `ShapeError` for a site that the encoder does not have.
 */
export async function featureNoise(
  device: Device,
  subject: Subject,
  set: DataSet,
  classifier: LinearClassifier,
  { levels = [0, 0.25, 0.5, 1, 2], site = 'pooled', batch = 64, seed = 0, progress }: FeatureNoiseOptions = {},
): Promise<(readonly [number, number])[]> {
  const domain: Domain = domainFor(subject, set)
  const { encoder } = mounted(subject, domain)
  const linear = onDevice(classifier)
  const noisy = (x: Untyped, sigma: Untyped) => {
    const axes = x.shape.map((_, axis) => axis).slice(1)
    const scale = sqrt(mean(square(x), axes, { keepdims: true }))
    return add(x, mul(mul(scale, sigma), normal(x.shape)))
  }
  const entries = {
    predict: entry({ ...domain.inputs, sigma: f32([]) }, ({ sigma, ...given }: any) => {
      const at = { [site]: (x: Untyped) => noisy(x, sigma) }
      const features = evaluating(() => encoder(domain.plain(given) as never, at))
      update(stepVariable.tensor, add(stepVariable.tensor, 1))
      return { predicted: linear.predict(features) }
    }),
  }
  return using(
    device,
    compile(entries as never, { batch } as never, { target: targetFor(device) }),
    async session => {
      loadWeights(session, subject)
      linear.fill(session)
      const results: [number, number][] = []
      for (const level of levels) {
        const sigma = Float32Array.of(level)
        const right = await accuracyOf(
          set.test,
          batch,
          async inputs => (await session.call('predict', { ...inputs, sigma })).predicted!,
        )
        results.push([level, right])
        progress?.(results.length, levels.length)
      }
      return results
    },
    { seed },
  )
}

/** The classifier as variables of a program: what it makes of features there, and how a session gets its values. */
function onDevice({ weight, bias, classes }: LinearClassifier) {
  const [w, b] = [zeros('classifier.weight', [classes, weight.length / classes]), zeros('classifier.bias', [classes])]
  return {
    predict: (features: Untyped): Tensor => argmax(add(matmul(features, transpose(w)), b), 1) as Tensor,
    fill: (session: Session): void => session.writeVariables({ 'classifier.weight': weight, 'classifier.bias': bias }),
  }
}
