/**
 * `npm run depth [N ...]`: what chains of N operations take to compile, with and without gradient, in time of the processor, kernels
 * and text per thousand operations. Exit code 1 where the time of an operation grows more than fourfold, or kernels or text by a
 * fifth (of a short chain they are few), from the shortest to the longest. Default: 1000, 10000 and 100000.
 */
import { compile } from '../../compiler/compile.js'
import type { Untyped } from '../../compiler/graph/node.js'
import * as facet from '../../compiler/index.js'
import { entry } from '../../compiler/language/entry.js'

const { add, grad, mul, select, sin, sum, greater } = facet as unknown as Record<string, (...x: any[]) => Untyped>
/** Chains, by the operations that a step has. */
const chains: Record<string, readonly [operations: number, (y: Untyped, x: Untyped, i: number) => Untyped]> = {
  'multiply and add': [2, y => add!(mul!(y, 0.999), 0.001)],
  'products with the input': [2, (y, x) => mul!(add!(y, 0.01), x)],
  sines: [1, y => sin!(y)],
  'nested select': [2, (y, x, i) => select!(greater!(x, i), i + 1, y)],
}
const words = process.argv.slice(2)
const wrong = words.find(word => !/^[1-9]\d*$/.test(word))
if (wrong !== undefined) {
  console.error(`${wrong} is no number of operations: npm run depth -- 1000 10000 100000`)
  process.exit(2)
}
const lengths = words.length ? words.map(Number) : [1000, 10_000, 100_000]

let grows = false
for (const [name, [operations, step]] of Object.entries(chains))
  for (const differentiated of [false, true]) {
    const taken = lengths.map(length => {
      const before = process.cpuUsage().user
      const program = compile(
        {
          e: entry({ x: [4, 4] }, ({ x }) => {
            let y: Untyped = x
            for (let i = 0; i < length / operations; i++) y = step(y, x, i)
            return differentiated ? { y, g: (grad!(sum!(y), { x }) as unknown as { x: Untyped }).x } : { y }
          }),
        },
        {},
      )
      const per = 1000 / length
      const milliseconds = (per * (process.cpuUsage().user - before)) / 1000
      const kernels = per * program.entries.e!.dispatches.length
      const text = per * program.kernels.reduce((sum, { code }) => sum + code.length, 0)
      console.log(
        `${name}${differentiated ? ' with gradient' : ''}, ${length}: per thousand ${milliseconds.toFixed(0)} ms, ${kernels.toFixed(1)} kernels, ${text.toFixed(0)} characters`,
      )
      return { milliseconds, kernels, text }
    })
    const [first, last] = [taken[0]!, taken.at(-1)!]
    grows ||=
      last.milliseconds > 4 * first.milliseconds || last.kernels > 1.2 * first.kernels || last.text > 1.2 * first.text
  }
process.exit(grows ? 1 : 0)
