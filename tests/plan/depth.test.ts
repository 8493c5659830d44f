/** Depth: long chains, wide sums and concatenations of many parts are cut into kernels of bounded size, linear in number. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile } from '../../compiler/compile.js'
import type { Untyped } from '../../compiler/graph/node.js'
import * as facet from '../../compiler/index.js'
import { entry } from '../../compiler/language/entry.js'

const { add, concatAll, grad, greater, mul, pad, reshape, roll, select, sin, slice, sum, transpose } =
  facet as unknown as Record<string, (...x: any[]) => Untyped>

/** What a program of `n` steps takes: dispatches of its entry, and characters of its longest kernel. */
function taken(n: number, body: (x: Untyped, n: number) => Record<string, Untyped>, rows = 4) {
  const program = compile({ e: entry({ x: [rows, 4] }, ({ x }) => body(x as Untyped, n)) }, {})
  const longest = program.kernels.reduce((most, { code }) => Math.max(most, code.length), 0)
  return { dispatches: program.entries.e!.dispatches.length, longest }
}
const repeated =
  (step: (y: Untyped, x: Untyped, i: number) => Untyped) =>
  (x: Untyped, n: number): { y: Untyped } => {
    let y = x
    for (let i = 0; i < n; i++) y = step(y, x, i)
    return { y }
  }
const chains: Record<string, (x: Untyped, n: number) => { y: Untyped }> = {
  'multiply and add': repeated(y => add!(mul!(y, 0.999), 0.001)),
  sines: repeated(y => sin!(y)),
  'nested select': repeated((y, x, i) => select!(greater!(x, i), i + 1, y)),
  movement: repeated(y => reshape!(transpose!(reshape!(y, [2, 8])), [4, 4])),
  shifts: repeated(y =>
    slice!(
      pad!(mul!(y, 1.5), [
        [1, 0],
        [0, 0],
      ]),
      0,
      0,
      4,
    ),
  ),
  rolls: repeated(y => roll!(mul!(y, 1.5), 1, 0)),
  'row sums': repeated(y => add!(y, sum!(y, 1, { keepdims: true }))),
}

for (const [name, chain] of Object.entries(chains))
  for (const differentiated of [false, true])
    test(`${name}${differentiated ? ' with gradient' : ''}: dispatches are linear in the number, kernels bounded`, () => {
      const body = (x: Untyped, n: number) => {
        const { y } = chain(x, n)
        return differentiated ? { y, g: (grad!(sum!(y), { x }) as unknown as { x: Untyped }).x } : { y }
      }
      const [some, twice] = [taken(500, body), taken(1000, body)]
      assert.ok(twice.dispatches <= 2 * some.dispatches + 2, `${some.dispatches}, then ${twice.dispatches} dispatches`)
      assert.ok(twice.longest < 20_000, `a kernel of ${twice.longest} characters`)
    })

test('10,000 chained operations compile', () => {
  const { dispatches, longest } = taken(5000, chains['multiply and add']!)
  assert.ok(dispatches > 10 && dispatches < 200, `${dispatches} dispatches`)
  assert.ok(longest < 20_000)
})

test('a concatenation of slices of one tensor is cut into kernels, linear in their number', () => {
  const reversed = (x: Untyped, n: number) => ({
    y: concatAll!(
      Array.from({ length: n }, (_, i) => slice!(x, 0, n - 1 - i, n - i)),
      0,
    ),
  })
  const [some, twice] = [taken(200, reversed, 200), taken(400, reversed, 400)]
  assert.ok(some.dispatches > 1 && twice.dispatches <= 2 * some.dispatches + 2)
  assert.ok(twice.longest < 20_000, `a kernel of ${twice.longest} characters`)
})

test.run()
