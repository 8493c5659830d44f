/**
 * The head of FCOS (arXiv 1904.01355, figure 2), shared by all maps of a pyramid: two towers of convolutions with group norm, one
 * for the classes, one for boxes and centreness (which the paper's table 3 moves there).
 */

import type { Tensor } from '../../compiler/graph/node.js'
import { ones, zeros } from '../../compiler/language/create.js'
import { type Module, module } from '../../compiler/language/module.js'
import { sequential } from '../../compiler/language/sequential.js'
import {
  concatAll,
  constant,
  exp,
  minimum,
  mul,
  permute,
  refine,
  relu,
  reshape,
  slice,
} from '../../compiler/ops/index.js'
import { normalWith } from '../init.js'
import { groupNorm } from '../layers/groupnorm.js'
import { conv } from '../layers.js'
import type { Maps } from '../tensors.js'
import { locationsOf } from './assign.js'
import { sidesOf } from './boxes.js'
import type { Predictions } from './losses.js'

export interface HeadOptions {
  /** Convolutions in each tower. Default 2; FCOS has 4. */
  readonly convolutions?: number
  /** Groups of their norms. Default 8, at most one per channel. */
  readonly groups?: number
}
/** Maps of a pyramid with so many channels, finest first, to predictions for every location. */
export interface Head extends Module {
  (maps: readonly Maps[]): Predictions
}

/** The share of positives that class scores start with, so that the many negatives do not drown them (arXiv 1708.02002, 4.1). */
const PRIOR = 0.01
/** Distances are at most `e^8` strides, larger than any image. */
const LARGEST = 8

/** Distances are `stride exp(scale x)`, with a trained scale per map. */
export const detectionHead = (
  channels: number,
  classes: number,
  strides: readonly number[],
  { convolutions = 2, groups = Math.min(8, channels) }: HeadOptions = {},
): Head =>
  module(({ param, use }) => {
    const convolution = (to: number, bias: boolean | typeof zeros) =>
      conv(channels, to, 3, { padding: 1, bias, initial: normalWith(0.01) })
    const tower = (name: string): ((x: Maps) => Maps) => {
      const steps = Array.from({ length: convolutions }, () => [
        convolution(channels, false),
        groupNorm(channels, { groups }),
        relu,
      ])
      return use(name, (sequential as (...layers: unknown[]) => unknown)(...steps.flat())) as never
    }
    const [classTower, boxTower] = [tower('classes'), tower('boxes')]
    const prior = (shape: number[]) => constant(-Math.log((1 - PRIOR) / PRIOR), shape)
    const scores = use('logits', conv(channels, classes, 3, { padding: 1, bias: prior, initial: normalWith(0.01) }))
    const sides = use('distances', convolution(4, zeros))
    const middle = use('centreness', convolution(1, zeros))
    const scale = param('scale', [strides.length], ones)

    return (maps: readonly Maps[]): Predictions => {
      const levels = maps.map((map, i) => {
        const near = boxTower(map)
        const own = reshape(slice(scale, 0, i, i + 1), [])
        const strided = mul(exp(minimum(mul(rows(sides(near)), own), LARGEST)), strides[i]!)
        return { logits: rows(scores(classTower(map))), distances: strided, centreness: rows(middle(near)) }
      })
      const all = (of: (level: (typeof levels)[number]) => Tensor<[number, number, number], 'f32'>) =>
        concatAll(levels.map(of), 1)
      const centreness = all(level => level.centreness)
      const [count, places] = centreness.shape as [number, number]
      const sizes = maps.map(({ shape }, i) => ({ height: shape[2]!, width: shape[3]!, stride: strides[i]! }))
      return {
        logits: all(level => level.logits),
        distances: sidesOf(
          refine(
            all(level => level.distances),
            [count, places, 4],
          ),
        ),
        centreness: reshape(centreness, [count, places]),
        locations: locationsOf(sizes),
      }
    }
  }) as unknown as Head

/** `[N, K, H, W]` as `[N, H W, K]`. */
const rows = (map: Maps): Tensor<[number, number, number], 'f32'> => {
  const [count, values, height, width] = map.shape as [number, number, number, number]
  return reshape(permute(map, [0, 2, 3, 1]), [count, height * width, values])
}
