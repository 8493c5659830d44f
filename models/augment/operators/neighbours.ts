/** Feature augmentation of targets by their neighbours among earlier features (MX11, MX12 of this project's list). */
import type { Untyped } from '../../../compiler/graph/node.js'
import { ShapeError } from '../../../compiler/graph/shape.js'
import { mean, normalize, topK } from '../../../compiler/language/math.js'
import { module } from '../../../compiler/language/module.js'
import { matmul, stopGradient, take, transpose } from '../../../compiler/ops/index.js'
import { bankOf } from '../../bank.js'
import { operator } from './operator.js'

/**
 * MX11: `k' = Q[argmax_j k.Q_j]`: the key's nearest neighbour in a bank `[bank, D]` of the clean unit rows of earlier steps stands for it.
 * No gradient, no strength. `bank` default 4096. Source: NNCLR, arXiv 2104.14548 (98304; CIFAR-10: 65536).
 */
export const nearestNeighbour = ({ bank = 4096 }: { readonly bank?: number } = {}) => fromBank('neighbour', bank, 1)

/**
 * MX12: `k' = unit(mean of the k rows of the bank nearest to the key)`. No gradient, no strength. `k` default 5, `bank` 4096. Source:
 * mean shift, arXiv 2105.07269 (k 5).
 */
export function neighbourMean({ k = 5, bank = 4096 }: { readonly k?: number; readonly bank?: number } = {}) {
  if (!(Number.isInteger(k) && k >= 1 && k <= bank))
    throw new ShapeError(`neighbours: k must be a whole number from 1 to the ${bank} rows of the bank, got ${k}`)
  return fromBank('neighbours', bank, k)
}

const fromBank = <const N extends string>(name: N, size: number, k: number) =>
  operator({
    name,
    kind: 'rows',
    traits: ['target'],
    apply: module(builder => {
      const bank = bankOf(name, builder, size)
      const pushed = new WeakSet<Untyped>() // several copies of one feature are one row of the bank
      return (x: Untyped) => {
        const unit = normalize(stopGradient(x))
        const rows = bank.rows(x.shape[1]!)
        const { indices } = topK(matmul(unit, transpose(rows)), k as never)
        if (!pushed.has(x)) bank.push(unit)
        pushed.add(x)
        return normalize(mean(take(rows, indices, 0), 1))
      }
    }),
  })
