/** Corruptions by weather and by moved pixels, against plain formulas and what must hold of their draws; in the float64 reference. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { evaluateNodes } from '../../../compiler/graph/evaluate.js'
import type { Tensor, Untyped } from '../../../compiler/graph/node.js'
import { entry, f32, trace } from '../../../compiler/language/entry.js'
import { greater } from '../../../compiler/ops/index.js'
import { corruptions } from '../../../models/evaluate/corruptions.js'
import { swapped } from '../../../models/evaluate/displaced.js'
import { at, COUNT, clamp, corrupted, photos, random, SIZE } from './corrupted.js'

test('draws are those of the seed', () => {
  for (const name of ['glassBlur', 'motionBlur', 'snow', 'frost', 'fog', 'elastic'] as const) {
    assert.equal(corrupted(name, 3), corrupted(name, 3))
    assert.not.equal(corrupted(name, 3), corrupted(name, 3, photos, 2))
  }
})

test('glass: pixels change places as if one after the other', () => {
  const [height, width] = [SIZE, SIZE - 3]
  const flags = () => Float64Array.from({ length: COUNT * height * width }, () => Number(random() < 0.6))
  const [image, up, left] = [
    Float64Array.from({ length: COUNT * 3 * height * width }, () => random()),
    flags(),
    flags(),
  ]
  const expected = image.slice()
  const place = (n: number, c: number, y: number, x: number) => ((n * 3 + c) * height + y) * width + x
  for (let n = 0; n < COUNT; n++)
    for (let y = height - 1; y > 1; y--)
      for (let x = width - 1; x > 1; x--)
        for (let c = 0; c < 3; c++) {
          const flag = (n * height + y) * width + x
          const [a, b] = [place(n, c, y, x), place(n, c, y - up[flag]!, x - left[flag]!)]
          const held = expected[a]!
          expected[a] = expected[b]!
          expected[b] = held
        }
  const one = [COUNT, height, width]
  const graph = trace(
    'test',
    entry({ image: f32([COUNT, 3, height, width]), up: f32(one), left: f32(one) }, ({ image, up, left }) => ({
      y: swapped(image as Untyped, greater(up, 0.5) as Untyped, greater(left, 0.5) as Untyped),
    })),
  )
  const data = { image, up, left } as const
  const [y] = evaluateNodes(
    [graph.outputs.y!],
    new Map(graph.inputs.map(leaf => [leaf as Tensor, data[leaf.attributes.name as 'up']])),
  )
  assert.equal([...y!.data], [...expected])
  const gone = expected.filter((value, i) => value !== image[i]).length / expected.length
  assert.ok(gone > 0.6, `${gone} of the pixels have moved`)
})

test('motion is half a bell along an angle up to 45 degrees', () => {
  const [radius, sigma] = [9, 2.5] // severity 5
  const bell = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-(i * i) / (2 * sigma * sigma)))
  const whole = bell.reduce((a, b) => a + b)
  const inside = (i: number): number => Math.min(SIZE - 1, Math.max(0, i))
  const got = corrupted('motionBlur', 5)
  const angles = Array.from({ length: COUNT }, (_, n) => {
    for (let angle = -45; angle <= 45; angle += 0.02) {
      const [down, right] = [Math.sin((angle * Math.PI) / 180), Math.cos((angle * Math.PI) / 180)]
      const far = Array.from({ length: 12 }, (_, k) => [(5 * k) % SIZE, (7 * k + 3) % SIZE] as const).some(([y, x]) => {
        const sum = bell.reduce(
          (total, weight, i) =>
            total +
            (weight / whole) *
              at(photos, n, 1, inside(y + Math.floor(i * down + 0.5)), inside(x + Math.floor(i * right + 0.5))),
          0,
        )
        return Math.abs(sum - at(got, n, 1, y, x)) > 1e-5
      })
      if (!far) return angle
    }
    return undefined
  })
  assert.ok(
    angles.every(angle => angle !== undefined),
    `no angle explains image ${angles.indexOf(undefined)}`,
  )
  assert.is.not(angles[0], angles[1])
})

test('fog is a fractal from 0 to 1, rougher at low decay', () => {
  const flat = new Float64Array(8 * 3 * SIZE * SIZE).fill(0.6)
  const textures = ([1, 3, 5] as const).map(severity => {
    const [amount] = corruptions.fog.severities[severity - 1]!
    // (x + c p) m / (m + c), m the highest value: p is found from it.
    return corrupted('fog', severity, flat).map(y => ((y * (0.6 + amount!)) / 0.6 - 0.6) / amount!)
  })
  const roughness = textures.map(p => {
    for (let n = 0; n < 8; n++)
      assert.equal(
        p.subarray(n * 3 * SIZE * SIZE, (n * 3 + 1) * SIZE * SIZE),
        p.subarray((n * 3 + 1) * SIZE * SIZE, (n * 3 + 2) * SIZE * SIZE),
      )
    assert.ok(p.every(value => value > -1e-5 && value < 1 + 1e-5))
    return p.reduce((sum, value, i) => sum + ((i + 1) % SIZE ? (p[i + 1]! - value) ** 2 : 0), 0)
  })
  assert.ok(roughness[0]! < roughness[1]! && roughness[1]! < roughness[2]!, `${roughness}`)
})

test('frost is added by its share, and the image kept by its own', () => {
  const flat = (level: number) => new Float64Array(3 * SIZE * SIZE).fill(level)
  const texture = corrupted('frost', 1, flat(0)).map(value => value / 0.2)
  assert.ok(Math.max(...texture) > 0.9 && Math.min(...texture) < 0.5, 'crystals and what is between them')
  ;[
    [1, 0.2],
    [1, 0.3],
    [0.9, 0.4],
    [0.85, 0.4],
    [0.75, 0.45],
  ].forEach(([keep, amount], i) => {
    corrupted('frost', i + 1, flat(0.7)).forEach((value, j) => {
      assert.ok(Math.abs(value - clamp(keep! * 0.7 + amount! * texture[j]!)) < 1e-5, `severity ${i + 1}`)
    })
  })
})

test('snow falls twice, the second time turned by half a circle, on a whitened image', () => {
  const black = new Float64Array(3 * SIZE * SIZE)
  const fallen = [0.95, 0.9, 0.9, 0.85, 0.8].map((keep, i) => {
    const flakes = corrupted('snow', i + 1, black).map(value => value - 0.5 * (1 - keep))
    flakes.forEach((value, j) => {
      assert.ok(value > -1e-6)
      const turned = flakes[Math.floor(j / SIZE ** 2) * SIZE ** 2 + (SIZE * SIZE - 1 - (j % SIZE ** 2))]!
      assert.ok(Math.abs(value - turned) < 1e-5)
    })
    return flakes.reduce((a, b) => a + b)
  })
  assert.ok(fallen[0]! > 0 && fallen[4]! > fallen[0]!, `${fallen}`)
})

test('elastic is an affine map, and at every severity further from one', () => {
  // Rows and columns as colours say where a pixel comes from; away from the edges, which are mirrored.
  const places = Float64Array.from({ length: 3 * SIZE * SIZE }, (_, i) => {
    const [x, y] = [i % SIZE, Math.floor(i / SIZE) % SIZE]
    return [x, y, x + y][Math.floor(i / SIZE ** 2)]! / (2 * SIZE)
  })
  const bends = [1, 2, 3, 4, 5].map(severity => {
    const got = corrupted('elastic', severity, places, 3)
    let [bent, moved] = [0, 0]
    for (const c of [0, 1])
      for (let y = 6; y < SIZE - 6; y++)
        for (let x = 6; x < SIZE - 6; x++) {
          const pixel = (dx: number, dy: number) => 2 * SIZE * at(got, 0, c, y + dy, x + dx)
          bent +=
            (pixel(1, 0) + pixel(-1, 0) - 2 * pixel(0, 0)) ** 2 + (pixel(0, 1) + pixel(0, -1) - 2 * pixel(0, 0)) ** 2
          moved = Math.max(moved, Math.abs(pixel(0, 0) - (c ? y : x)))
        }
    assert.ok(moved > 0.1 && moved < 6, `severity ${severity} moves by ${moved} pixels`)
    return bent
  })
  assert.ok(bends[0]! < 1e-6, `severity 1 bends by ${bends[0]}`)
  bends.slice(1).forEach((bent, i) => {
    assert.ok(bent > bends[i]!, `${bends}`)
  })
})

test.run()
