/**
 * Views of waveforms inside the compiled step: time, loudness, polarity, noise and silence, every parameter drawn on the
 * device, one per recording. A neutral parameter changes nothing, so there is no branch.
 */
import { type Stopped, type Tensor, withScope } from '../../compiler/graph/node.js'
import { ShapeError, show } from '../../compiler/graph/shape.js'
import { mean } from '../../compiler/language/math.js'
import { bernoulli, normal, uniform } from '../../compiler/language/random.js'
import {
  add,
  cast,
  exp,
  expandDims,
  floor,
  gather,
  greaterEqual,
  iota,
  less,
  logicalAnd,
  mul,
  select,
  sqrt,
  square,
  sub,
} from '../../compiler/ops/index.js'
import type { Dim } from '../../compiler/types/shape.js'
import type { Gradient } from '../../compiler/types/tensor.js'

/** What `waveformView` does to a recording, in this order; every range is drawn from uniformly. */
export interface WaveformRecipe {
  /** Speed of replay, which moves the pitch with it; 1 leaves it. */
  readonly speed: readonly [number, number]
  /** Largest shift in time, either way, as a share of the length. What moves in is silence, what moves out is lost. */
  readonly shift: number
  /** Gain in dB: a factor of `10^(gain / 20)`. */
  readonly gain: readonly [number, number]
  /** Probability of the negative waveform. */
  readonly polarity: number
  /** White Gaussian noise, by the ratio of the recording's mean power to its own in dB: the higher the fainter. */
  readonly noise: readonly [number, number]
  /** Longest silence that replaces a part of the recording, as a share of the length; its length and place are uniform. */
  readonly mask: number
}

/**
 * For spoken words, whose meaning lies in none of these. The speeds are those of Ko et al. 2015 ("Audio augmentation for
 * speech recognition", Interspeech); the kinds are among those that CLAR compares (Al-Tahan & Mohsenzadeh 2021, arXiv
 * 2010.09542), with ranges of our own.
 */
export const speechViews: WaveformRecipe = {
  speed: [0.9, 1.1],
  shift: 0.1,
  gain: [-6, 6],
  polarity: 0.5,
  noise: [10, 40],
  mask: 0.1,
}

/**
 * A random view of each recording, as `recipe` says: `[N, T]` floats around 0 to `[N, 1, T]`. Every call draws anew.
 * Throws `ShapeError` for another rank and for ranges that are none.
 */
export function waveformView<N extends Dim, T extends Dim>(
  waveforms: Stopped<[N, T], 'f32'>,
  recipe: WaveformRecipe,
): Stopped<[N, 1, T]> {
  checkRecipe(recipe)
  const { speed, shift, gain, polarity, noise, mask } = recipe
  return withScope('view', () => {
    let x = checkRank(waveforms)
    const [rows, length] = x.shape as [number, number]
    const draw = (low: number, high: number) => uniform([rows, 1], low, high)
    x = replayed(x, draw(...speed), mul(draw(-shift, shift), length))
    const sign = select(bernoulli(polarity, [rows, 1]), -1, 1)
    x = mul(x, mul(decibels(draw(...gain)), sign))
    x = add(x, mul(noiseLevel(x, draw(...noise)), normal(x.shape)))
    const silence = draw(0, mask)
    const start = mul(sub(1, silence), draw(0, 1))
    return channel(silenced(x, mul(start, length), mul(silence, length)))
  })
}

/** The recordings as they are, for evaluation: `[N, T]` to `[N, 1, T]`. */
export const plainWaveform = <N extends Dim, T extends Dim>(waveforms: Stopped<[N, T], 'f32'>): Stopped<[N, 1, T]> =>
  channel(checkRank(waveforms))

// The effects, on recordings [N, T], with parameters [N, 1].

type Column = Stopped<[Dim, 1]>

/**
 * `speed` times as fast around the middle, then `shift` samples later: place `t` has what was at
 * `(t - shift - m) speed + m`, `m` the middle, between two samples their weighted mean, beyond the ends 0.
 */
export function replayed<N extends Dim, T extends Dim>(
  x: Stopped<[N, T]>,
  speed: Column,
  shift: Column,
): Stopped<[N, T]> {
  const length = x.shape[1]!
  const middle = (length - 1) / 2
  const time = cast(iota([1, length], 1), 'f32')
  const from = add(mul(sub(sub(time, shift), middle), speed), middle)
  const before = floor(from)
  const share = sub(from, before)
  const at = (place: Stopped<[Dim, Dim]>) => {
    const inside = logicalAnd(greaterEqual(place, 0), less(place, length))
    return select(inside, gather(x, cast(place, 'i32'), 1), 0) as Stopped<[N, T]>
  }
  return add(mul(at(before), sub(1, share)), mul(at(add(before, 1)), share))
}

/** `10^(level / 20)`: a ratio of amplitudes. */
export const decibels = (level: Column): Column => exp(mul(level, Math.LN10 / 20))

/** Deviation `[N, 1]` of noise that lies `ratio` dB below the mean power of each recording: none for silence. */
export const noiseLevel = (x: Stopped<[Dim, Dim]>, ratio: Column): Column =>
  mul(sqrt(mean(square(x), 1, { keepdims: true })), decibels(mul(ratio, -1)))

/** 0 from place `start` on, over `length` places. */
export function silenced<N extends Dim, T extends Dim>(
  x: Stopped<[N, T]>,
  start: Column,
  length: Column,
): Stopped<[N, T]> {
  const time = cast(iota([1, x.shape[1]!], 1), 'f32')
  const inside = logicalAnd(greaterEqual(time, start), less(time, add(start, length)))
  return select(inside, 0, x)
}

const channel = <N extends Dim, T extends Dim, G extends Gradient>(x: Tensor<[N, T], 'f32', G>) => expandDims(x, 1)

function checkRank<X extends Tensor>(waveforms: X): X {
  if (waveforms.shape.length !== 2)
    throw new ShapeError(`waveforms must be [batch, samples], got ${show(waveforms.shape)}`)
  return waveforms
}

function checkRecipe({ speed, shift, polarity, mask }: WaveformRecipe): void {
  if (!(speed[0] > 0)) throw new ShapeError(`speed must be above 0, got ${show(speed)}`)
  for (const [name, share] of Object.entries({ shift, polarity, mask }))
    if (!(share >= 0 && share <= 1)) throw new ShapeError(`${name} must lie in 0 .. 1, got ${share}`)
}
