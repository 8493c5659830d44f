/** The WGSL of a few kernels of each family, as text to review: `UPDATE=1` rewrites it. */
import { test } from 'uvu'
import { compileGraphs } from '../../compiler/compile.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { portable, software, type Target } from '../../compiler/kernels/target.js'
import { softmax } from '../../compiler/language/math.js'
import { add, cast, conv2d, dot, exp, greater, mul, randomBits, relu, sum } from '../../compiler/ops/index.js'
import { input } from '../device.js'
import { golden } from '../golden.js'

const x = (name: string, ...shape: number[]) => input(name, shape) as Untyped
const programs: Record<string, { target: Target; inputs: Tensor[]; value: (...inputs: Untyped[]) => Tensor }> = {
  'four elements per invocation': { target: portable, inputs: [x('a', 64, 64)], value: a => relu(add(mul(a, 2), 1)) },
  'a broadcast operand': { target: portable, inputs: [x('a', 6, 5), x('b', 5)], value: (a, b) => exp(add(a, b)) },
  'bytes in, booleans out': {
    target: portable,
    inputs: [input('a', [10], 'u8')],
    value: a => greater(cast(a, 'f32') as Untyped, 99),
  },
  'random bits': {
    target: portable,
    inputs: [input('seed', [], 'u32'), input('step', [], 'u32')],
    value: (seed, step) => randomBits(seed, step, [8], 7),
  },
  'a contraction in register tiles': {
    target: software,
    inputs: [x('a', 64, 32), x('w', 32, 64)],
    value: (a, w) => dot(a, w),
  },
  'a padded convolution': {
    target: software,
    inputs: [x('a', 2, 2, 8, 8), x('w', 4, 2, 3, 3)],
    value: (a, w) => conv2d(a, w, { padding: 1 }),
  },
  'a row per workgroup': { target: portable, inputs: [x('a', 12, 300)], value: a => softmax(a, -1) },
  'a row per quad': { target: { ...software, quads: true }, inputs: [x('a', 12, 300)], value: a => softmax(a, -1) },
  'a large tile, stored line by line': {
    target: { ...software, quads: true },
    inputs: [x('a', 128, 136), x('w', 136, 256), x('b', 256)],
    value: (a, w, b) => relu(add(dot(a, w), b)),
  },
  'a long sum in two kernels': { target: software, inputs: [x('a', 65536)], value: a => sum(a) },
}

test('kernels', () => {
  const text = Object.entries(programs).map(([name, { target, inputs, value }]) => {
    const graph = { name: 'g', inputs, outputs: { y: value(...(inputs as Untyped[])) }, updates: [] }
    const { kernels } = compileGraphs([graph], { target })
    return [`// ${name}`, ...kernels.map(kernel => `// kernel ${kernel.name}\n${kernel.code}`)].join('\n')
  })
  golden('golden.wgsl', text.join('\n'), import.meta.url)
})

test.run()
