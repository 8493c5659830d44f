/** Tuning tables: keys of kernels, schedules as JSON, what is refused; candidates fit the kernel they are for. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileGraphs } from '../../compiler/compile.js'
import { type Tensor, withScope } from '../../compiler/graph/node.js'
import type { Kernel } from '../../compiler/kernels/kernel.js'
import { type Chooser, schedule } from '../../compiler/kernels/schedule.js'
import { portable, software } from '../../compiler/kernels/target.js'
import {
  checkTable,
  kernelKey,
  plain,
  scheduleOf,
  TuningError,
  type TuningTable,
  tuned,
} from '../../compiler/kernels/tuning.js'
import { softmax } from '../../compiler/language/math.js'
import { add, conv2d, dot, exp, mul, transpose } from '../../compiler/ops/index.js'
import { candidates, judged } from '../../compiler/plan/candidates.js'
import { cacheText, parseCache, withTable } from '../../tuner/cache.js'
import { input } from '../device.js'

type Build = (...tensors: any[]) => Tensor
const graph = (build: Build, shapes: readonly number[][], scope: string, name = 'x') => {
  const inputs = shapes.map((shape, i) => input(`${name}${i}`, shape))
  return { name: 'y', inputs, outputs: { y: withScope(scope, () => build(...inputs)) }, updates: [] }
}
function kernelsOf(build: Build, shapes: readonly number[][], scope = '', name = 'x'): Kernel[] {
  const found: Kernel[] = []
  const choose: Chooser = (kernel, target) => {
    found.push(kernel)
    return schedule(kernel, target)
  }
  compileGraphs([graph(build, shapes, scope, name)], { choose })
  return found
}
const product: Build = (a, b) => dot(a, b)
const programs: readonly (readonly [Build, readonly number[][]])[] = [
  [
    product,
    [
      [48, 64],
      [64, 96],
    ],
  ],
  [
    (a, b) => conv2d(a, b, { padding: 1, stride: 2 }),
    [
      [2, 4, 8, 8],
      [8, 4, 3, 3],
    ],
  ],
  [a => softmax(a, -1), [[64, 128]]],
  [
    (a, b) => exp(add(a, b)),
    [
      [64, 1024],
      [64, 1024],
    ],
  ],
]
const all = programs.flatMap(([build, shapes]) => kernelsOf(build, shapes))
const [matmul] = kernelsOf(product, [
  [48, 64],
  [64, 96],
]) as [Kernel]

test('a key says what a kernel computes, not which module or object it is', () => {
  const key = kernelKey(matmul)
  assert.match(key, /^[0-9a-f]{16}$/)
  assert.is(
    kernelKey(
      kernelsOf(
        product,
        [
          [48, 64],
          [64, 96],
        ],
        'encoder',
        'image',
      )[0]!,
    ),
    key,
  )
  const others = [
    ...kernelsOf(product, [
      [64, 64],
      [64, 96],
    ]),
    ...kernelsOf(
      (a, b) => mul(dot(a, b), 2),
      [
        [48, 64],
        [64, 96],
      ],
    ),
    ...kernelsOf(
      (a, b) => mul(dot(a, b), 3),
      [
        [48, 64],
        [64, 96],
      ],
    ),
    ...kernelsOf(
      (a, b) => dot(transpose(a), b),
      [
        [64, 48],
        [64, 96],
      ],
    ),
  ].map(kernelKey)
  assert.is(new Set([key, ...others]).size, 5)
})

test('schedules come back from JSON', () => {
  for (const target of [portable, software])
    for (const kernel of all)
      for (const each of [schedule(kernel, target), ...candidates(kernel, target)]) {
        const json = JSON.stringify(plain(kernel, each))
        const back = scheduleOf(kernel, JSON.parse(json), 'schedule')
        assert.is(JSON.stringify(plain(kernel, back)), json)
        assert.is(back.kind, each.kind)
      }
})

test('candidates are few, other than the incumbent, and not estimated to be hopeless', () => {
  for (const [target, most] of [
    [portable, 12],
    [software, 6],
  ] as const)
    for (const kernel of all) {
      const incumbent = schedule(kernel, target)
      const found = candidates(kernel, target)
      const texts = [incumbent, ...found].map(each => JSON.stringify(plain(kernel, each)))
      assert.ok(found.length > 0 && found.length <= most, `${found.length} candidates for ${kernel.name}`)
      assert.is(new Set(texts).size, texts.length)
      const times = found.map(each => judged(kernel, each, target).time)
      assert.equal(
        times,
        [...times].sort((a, b) => a - b),
      )
      assert.ok(times.at(-1)! <= 1.3 * judged(kernel, incumbent, target).time)
    }
})

test('the estimate prefers register tiles to single points', () => {
  const tile = new Map([
    [matmul.grid[0]!, 8],
    [matmul.grid[1]!, 8],
  ])
  const rest = { kind: 'tiles' as const, unroll: new Map(), workgroup: 16 }
  assert.ok(
    judged(matmul, { ...rest, tile }, software).time < judged(matmul, { ...rest, tile: new Map() }, software).time / 2,
  )
})

const entry = {
  kernel: 'dot',
  schedule: { kind: 'tiles', tile: [4, 8], unroll: [2], block: 0, workgroup: 16 },
  before: 2,
  after: 1,
}
const table: TuningTable = { [kernelKey(matmul)]: entry }

test('a table decides for its kernels and leaves the others to the heuristics', () => {
  const choose = tuned(table)
  assert.equal(plain(matmul, choose(matmul, software)), entry.schedule)
  const other = all.find(kernel => !kernel.contraction)!
  assert.equal(choose(other, software), schedule(other, software))
  const compiled = () =>
    JSON.stringify(
      compileGraphs(
        [
          graph(
            product,
            [
              [48, 64],
              [64, 96],
            ],
            '',
          ),
        ],
        { choose },
      ),
    )
  assert.is(compiled(), compiled())
  assert.is.not(
    compiled(),
    JSON.stringify(
      compileGraphs([
        graph(
          product,
          [
            [48, 64],
            [64, 96],
          ],
          '',
        ),
      ]),
    ),
  )
})

test('a schedule that does not fit its kernel is refused with the field', () => {
  for (const [change, message] of [
    [{ tile: [5, 8] }, /\.schedule\.tile\[0\] is 5, which does not divide an axis of 48$/],
    [{ tile: [4] }, /\.schedule\.tile has 1 numbers for the 2 axes of kernel dot/],
    [{ unroll: [3] }, /\.schedule\.unroll\[0\] is 3, which does not divide an axis of 64$/],
  ] as const) {
    const choose = tuned({ [kernelKey(matmul)]: { ...entry, schedule: { ...entry.schedule, ...change } } })
    const error = thrown(() => choose(matmul, software))
    assert.instance(error, TuningError)
    assert.match(error.message, message)
  }
})

test('what stages a product is refused for a kernel that is none', () => {
  const other = all.find(kernel => !kernel.contraction)!
  const staged = { kind: 'staged', rows: 32, columns: 32, depth: 8, tile: [4, 4], unroll: 8 }
  const choose = tuned({ [kernelKey(other)]: { ...entry, schedule: staged } })
  assert.match(thrown(() => choose(other, portable)).message, /\.schedule is staged, but kernel \S+ is no contraction$/)
})

test('a table that is not right is refused with the field', () => {
  const key = '0123456789abcdef'
  for (const [given, message] of [
    [[], 'table must be an object, got []'],
    [{ short: entry }, 'table.short is no key of a kernel: sixteen hexadecimal digits'],
    [{ [key]: { ...entry, kernel: 1 } }, `table.${key}.kernel must be text, got 1`],
    [{ [key]: { ...entry, after: -1 } }, `table.${key}.after must be milliseconds, got -1`],
    [
      { [key]: { ...entry, schedule: { kind: 'magic' } } },
      `table.${key}.schedule.kind must be one of tiles, rows, staged, matrix, points, packed, transposed, pieces, got "magic"`,
    ],
    [
      { [key]: { ...entry, schedule: { kind: 'rows' } } },
      `table.${key}.schedule.lanes must be a whole number from 1 to 1024, got nothing`,
    ],
    [
      { [key]: { ...entry, schedule: { ...entry.schedule, tile: [0, 8] } } },
      `table.${key}.schedule.tile must be whole numbers from 1 to 1024, got [0,8]`,
    ],
    [
      { [key]: { ...entry, schedule: { kind: 'rows', lanes: 8, tile: [1] } } },
      `table.${key}.schedule.tile is no field of rows: lanes, across`,
    ],
  ] as const)
    assert.is(thrown(() => checkTable(given, 'table')).message, message)
})

test('a cache file keeps other adapters and does not depend on the order in which kernels were found', () => {
  const more = { ...table, '0000000000000000': entry }
  const cache = withTable(withTable({}, 'one GPU', table), 'another', more)
  const text = cacheText(cache)
  assert.equal(parseCache(text), cache)
  const turned = { 'one GPU': table, another: Object.fromEntries(Object.entries(more).reverse()) }
  assert.is(cacheText(turned), text)
  assert.is(text.split('\n').filter(line => line.includes('"kernel"')).length, 3)
  assert.is(cacheText({}), '{\n  "format": "facet-tune/1",\n  "adapters": {}\n}\n')
  assert.match(thrown(() => parseCache('{"format":')).message, /^is not JSON/)
  assert.is(thrown(() => parseCache('{"format": 2}')).message, 'format must be "facet-tune/1", got 2')
})

function thrown(body: () => unknown): Error {
  try {
    body()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

test.run()
