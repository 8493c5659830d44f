/** Images that corruptions are tested on, and what a corruption makes of them in the float64 reference. */
import { evaluateNodes } from '../../../compiler/graph/evaluate.js'
import type { Tensor, Untyped } from '../../../compiler/graph/node.js'
import { entry, f32, seedVariable, stepVariable, trace } from '../../../compiler/language/entry.js'
import { generator } from '../../../models/data/random.js'
import { type CorruptionName, corrupt, severityNumbers } from '../../../models/evaluate/corruptions.js'

export const [COUNT, SIZE] = [2, 20]
export const random = generator(4)
/** Smooth images with some noise, and a grey, a black and a white pixel. */
export const photos = Float64Array.from({ length: COUNT * 3 * SIZE * SIZE }, (_, i) => {
  const [x, y, c] = [i % SIZE, Math.floor(i / SIZE) % SIZE, Math.floor(i / SIZE ** 2) % 3]
  const wave = Math.sin(x / 4 + c) * Math.cos(y / 5 - c)
  return [0.4, 0, 1][x + y * SIZE] ?? Math.min(1, Math.max(0, 0.5 + 0.35 * wave + 0.1 * (random() - 0.5)))
})
export const at = (data: ArrayLike<number>, n: number, c: number, y: number, x: number): number =>
  data[((n * 3 + c) * SIZE + y) * SIZE + x]!

export function corrupted(
  name: CorruptionName,
  severity: number,
  images: Float64Array = photos,
  seed = 1,
): Float64Array {
  const numbers = severityNumbers(name, severity)
  const shape = [images.length / (3 * SIZE * SIZE), 3, SIZE, SIZE]
  const graph = trace(
    'test',
    entry({ images: f32(shape), numbers: f32([numbers.length]) }, ({ images, numbers }) => ({
      y: corrupt(images as Untyped, name, numbers as Untyped),
    })),
  )
  const given = new Map<Tensor, number | Float64Array>([
    ...graph.inputs.map(
      leaf => [leaf, leaf.attributes.name === 'images' ? images : Float64Array.from(numbers)] as const,
    ),
    [seedVariable.tensor, seed],
    [stepVariable.tensor, 0],
  ])
  const [y] = evaluateNodes([graph.outputs.y!], given)
  return y!.data as Float64Array
}

export const clamp = (x: number): number => Math.min(1, Math.max(0, x))
