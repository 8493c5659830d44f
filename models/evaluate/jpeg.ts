/**
 * What JPEG loses, as operations on the device: colour differences at half the resolution, and in blocks of 8 x 8 the cosine
 * transform rounded to multiples of a table. Source: ITU-T T.81 (09/92), annexes A and K; colours of JFIF 1.02.
 */
import type { Tensor } from '../../compiler/graph/node.js'
import { mean } from '../../compiler/language/math.js'
import { extend, repeat } from '../../compiler/language/movement.js'
import {
  add,
  concatAll,
  cos,
  div,
  dotGeneral,
  equal,
  iota,
  mul,
  permute,
  reshape,
  round,
  select,
  slice,
  sub,
} from '../../compiler/ops/index.js'
import type { Dim } from '../../compiler/types/shape.js'
import type { Images, Plane, Vector } from '../tensors.js'

const luminance = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
]
const chrominance = [
  [17, 18, 24, 47],
  [18, 21, 26, 66],
  [24, 26, 56, 99],
  [47, 66, 99, 99],
]

/** 128 numbers: the tables of quality 1 to 100, of brightness and of colour differences, scaled as libjpeg does. */
export function jpegTables(quality: number): number[] {
  const scale = quality < 50 ? 5000 / quality : 200 - 2 * quality
  const colours = luminance.map((_, i) => chrominance[Math.floor(i / 8)]?.[i % 8] ?? 99)
  return [...luminance, ...colours].map(base => Math.min(255, Math.max(1, Math.floor((base * scale + 50) / 100))))
}

type Block = Tensor<[8, 8], 'f32'>
/** These numbers as tables `[8, 8]`. */
export const blocksOf = (numbers: Vector): readonly [Block, Block] => [
  reshape(slice(numbers, 0, 0, 64), [8, 8]),
  reshape(slice(numbers, 0, 64, 128), [8, 8]),
]

/** Images `[N, 3, H, W]` in [0, 1] as they come back; beyond the edge, blocks are filled with its pixels. */
export function quantised(
  x: Images,
  [ofBrightness, ofColours]: readonly [Block, Block],
  [height, width]: readonly [number, number],
) {
  const missing = (size: number): readonly [number, number] => [0, (16 - (size % 16)) % 16]
  const whole = extend(x, [[0, 0], [0, 0], missing(height), missing(width)], 'edge')
  const channel = (c: number): Plane => mul(slice(whole, 1, c, c + 1) as Tensor<any, 'f32'>, 255)
  const [r, g, b] = [channel(0), channel(1), channel(2)]
  const y = add(add(mul(r, 0.299), mul(g, 0.587)), mul(b, 0.114))
  const [rows, columns] = whole.shape.slice(2) as [number, number]
  const coarse = (difference: Plane): Plane => {
    const pairs = reshape(difference, [-1, rows / 2, 2, columns / 2, 2])
    const half = reshape(mean(pairs, [2, 4]), [-1, 1, rows / 2, columns / 2])
    return repeat(repeat(rounded(half, ofColours), 2, 2), 2, 3)
  }
  const bright = add(rounded(sub(y, 128), ofBrightness), 128)
  const [blue, red] = [coarse(mul(sub(b, y), 1 / 1.772)), coarse(mul(sub(r, y), 1 / 1.402))]
  const green = add(mul(blue, -0.344136), mul(red, -0.714136))
  const back = concatAll([add(bright, mul(red, 1.402)), add(bright, green), add(bright, mul(blue, 1.772))], 1)
  return mul(slice(slice(back, 2, 0, height), 3, 0, width), 1 / 255)
}

/** Planes `[N, 1, H, W]` whose blocks have cosine transforms that are multiples of `table` `[8, 8]`. */
function rounded(planes: Plane, table: Block): Plane {
  const [count, , height, width] = planes.shape as unknown as [number, number, number, number]
  const blocks = reshape(planes, [(count * height) / 8, 8, width / 8, 8])
  const basis = cosines()
  const steps = reshape(table, [8, 1, 8])
  const spectrum = transformed(blocks, basis, 1)
  const kept = mul(round(div(spectrum, steps)), steps)
  return reshape(transformed(kept, basis, 0), [count, 1, height, width])
}
/** Along both axes of blocks `[B, 8, M, 8]`: by the basis (`axis` 1), or by its transpose, which takes it back (0). */
function transformed(
  blocks: Tensor<[Dim, 8, Dim, 8], 'f32'>,
  basis: Block,
  axis: 0 | 1,
): Tensor<[Dim, 8, Dim, 8], 'f32'> {
  const columns = dotGeneral(blocks, basis, { batch: [[], []], contract: [[3], [axis]] })
  const rows = dotGeneral(columns, basis, { batch: [[], []], contract: [[1], [axis]] }) // [B, M, 8, 8]
  return permute(rows, [0, 3, 1, 2])
}
/** `D[u, i] = c_u / 2 cos((2 i + 1) u pi / 16)`, `c_0 = 1 / sqrt(2)`, else 1: an orthogonal matrix. */
function cosines(): Block {
  const [u, i] = [iota([8, 8], 0, 'f32'), iota([8, 8], 1, 'f32')]
  const wave = cos(mul(mul(add(mul(i, 2), 1), u), Math.PI / 16))
  return mul(wave, select(equal(u, 0), Math.SQRT1_2 / 2, 0.5))
}
