/**
 * Random bits by Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): a block cipher
 * on counters, so each element is computed on its own and is the same everywhere.
 */
import { call, linearize, literal, type Scalar } from '../graph/expression.js'
import { apply, type Stopped, type Tensor } from '../graph/node.js'
import { type Operation, operation } from '../graph/operation.js'
import { numel, ShapeError, show } from '../graph/shape.js'
import { boundShape } from '../graph/sizes.js'
import type { Shape } from '../types/shape.js'
import { philox as formula } from './formulas.js'

/** Second word of the key; the first is the seed. */
export const KEY1 = 0xcafef00d

type Four = [number, number, number, number]

/** One block: four random words from a counter of four words and a key of two. */
export function philoxBlock([c0, c1, c2, c3]: Four, [k0, k1]: [number, number]): Four {
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0)
    const high1 = multiplyHigh(0xcd9e8d57, c2)
    const low0 = Math.imul(0xd2511f53, c0)
    const low1 = Math.imul(0xcd9e8d57, c2)
    ;[c0, c1, c2, c3] = [high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0]
    k0 = (k0 + 0x9e3779b9) | 0
    k1 = (k1 + 0xbb67ae85) | 0
  }
  return [c0 >>> 0, c1 >>> 0, c2 >>> 0, c3 >>> 0]
}

/** The upper 32 bits of a product of unsigned words. */
function multiplyHigh(a: number, b: number): number {
  const [aHigh, aLow, bHigh, bLow] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff]
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16)
  const cross = aLow * bHigh + (middle & 0xffff)
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) | 0
}

/** Word `i` of a stream: lane `i & 3` of the block with counter (i >> 2, 0, step, stream) and key (seed, KEY1). */
export const philox = (i: number, step: number, stream: number, seed: number): number =>
  philoxBlock([i >>> 2, 0, step, stream], [seed, KEY1])[i & 3]!

const philoxScalar: Scalar = {
  name: 'philox',
  js: (i, step, stream, seed) => philox(i!, step!, stream!, seed!),
  expand: formula(KEY1),
  cost: 80,
}

const randomBitsDefinition: Operation = {
  name: 'randomBits',
  infer([seed, step], { shape }) {
    for (const key of [seed!, step!])
      if (key.dtype !== 'u32' || key.shape.length !== 0)
        throw new ShapeError(`randomBits takes u32 scalars as seed and step, got ${key.dtype}${show(key.shape)}`)
    return { shape, dtype: 'u32' }
  },
  vjp: () => [null, null],
  evaluate([seed, step], { shape, stream }) {
    const data = new Float64Array(numel(shape))
    for (let i = 0; i < data.length; i += 4)
      data.set(philoxBlock([i >>> 2, 0, step!.data[0]!, stream], [seed!.data[0]!, KEY1]).slice(0, data.length - i), i)
    return data
  },
  lower: {
    family: 'map',
    element: (read, index, { shape, attributes: { stream } }) =>
      call(philoxScalar, [linearize(index, shape), read(1, []), literal(stream, 'u32'), read(0, [])], 'u32'),
  },
}
/** 32 random bits per element, decided by seed, step and stream alone. `language/random.ts` makes distributions of them. */
export const randomBits = operation(
  randomBitsDefinition,
  <const S extends Shape>(
    seed: Tensor<[], 'u32'>,
    step: Tensor<[], 'u32'>,
    shape: S,
    stream: number,
  ): Stopped<S, 'u32'> => apply(randomBitsDefinition, [seed, step], { shape: boundShape(shape), stream }),
)
