/** Batch norm in splits, shuffled and frozen, against plain formulas on arrays. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { evaluate } from '../../compiler/graph/evaluate.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import { entry, trace } from '../../compiler/language/entry.js'
import { parametersOf, variablesOf } from '../../compiler/language/module.js'
import { evaluating } from '../../compiler/language/trace.js'
import { batchNorm, shuffled } from '../../models/layers.js'
import { numbers, runModule } from './modules.js'

const close = (actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-9) => {
  assert.is(actual.length, expected.length)
  for (let i = 0; i < expected.length; i++)
    assert.ok(Math.abs(actual[i]! - expected[i]!) <= tolerance, `element ${i}: ${actual[i]}, expected ${expected[i]}`)
}
const mean = (x: readonly number[]) => x.reduce((a, b) => a + b, 0) / x.length
const variance = (x: readonly number[]) => mean(x.map(value => (value - mean(x)) ** 2))

const [N, C, T] = [6, 2, 3]
const shape = [N, C, T]
const data = numbers(N * C * T, 3)
const at = (n: number, c: number, t: number) => data[(n * C + c) * T + t]!
const variables = { weight: [1.5, -0.5], bias: [0.25, 2], running_mean: [0.5, -1], running_var: [2, 3] }
const each = (value: (n: number, c: number, t: number) => number) =>
  Array.from({ length: N * C * T }, (_, i) => value(Math.floor(i / C / T), Math.floor(i / T) % C, i % T))

for (const splits of [1, 2, 3])
  test(`${splits} splits: row n is normalized with the rows of its remainder; statistics move to the mean over splits`, () => {
    const layer = batchNorm(C, { splits })
    const { outputs, variables: after } = runModule(layer, ({ x }) => ({ y: layer(x!) as Tensor }), {
      inputs: { x: { shape, data } },
      variables,
    })
    const rows = (split: number) => Array.from({ length: N }, (_, n) => n).filter(n => n % splits === split)
    const values = (split: number, c: number) => rows(split).flatMap(n => [0, 1, 2].map(t => at(n, c, t)))
    close(
      outputs.y!.data,
      each((n, c, t) => {
        const own = values(n % splits, c)
        const normal = (at(n, c, t) - mean(own)) / Math.sqrt(variance(own) + 1e-5)
        return normal * variables.weight[c]! + variables.bias[c]!
      }),
    )
    const parts = Array.from({ length: splits }, (_, split) => split)
    const count = (N / splits) * T
    const moved = (before: number, value: number) => 0.9 * before + 0.1 * value
    const [m, v] = [variables.running_mean, variables.running_var]
    close(
      after.running_mean!.data,
      [0, 1].map(c => moved(m[c]!, mean(parts.map(split => mean(values(split, c)))))),
    )
    close(
      after.running_var!.data,
      [0, 1].map(c => moved(v[c]!, mean(parts.map(split => (variance(values(split, c)) * count) / (count - 1))))),
    )
  })

test('splits change nothing in evaluation', () => {
  const layer = batchNorm(C, { splits: 3 })
  const { outputs, variables: after } = runModule(layer, ({ x }) => ({ y: layer(x!) as Tensor }), {
    inputs: { x: { shape, data } },
    variables,
    training: false,
  })
  const [m, v] = [variables.running_mean, variables.running_var]
  close(
    outputs.y!.data,
    each((n, c, t) => ((at(n, c, t) - m[c]!) / Math.sqrt(v[c]! + 1e-5)) * variables.weight[c]! + variables.bias[c]!),
  )
  assert.equal(after, {})
})

test('the gradient through splits is that of the splits one by one', () => {
  const [whole, single] = [batchNorm(C, { splits: 3 }), batchNorm(C)]
  const cotangent = numbers(N * C * T, 9)
  const rowsOf = (x: Float64Array, split: number) =>
    Float64Array.from([split, split + 3].flatMap(n => [...x.subarray(n * C * T, (n + 1) * C * T)]))
  const run = (layer: any, rows: number, x: Float64Array, y: Float64Array) =>
    runModule(layer, ({ x }) => ({ y: layer(x) as Tensor }), {
      inputs: { x: { shape: [rows, C, T], data: x } },
      variables,
      cotangents: { y: { shape: [rows, C, T], data: y } },
      gradientsOf: ['x'],
    }).gradients
  const together = run(whole, N, data, cotangent)
  const apart = [0, 1, 2].map(split => run(single, 2, rowsOf(data, split), rowsOf(cotangent, split)))
  for (const split of [0, 1, 2]) close(rowsOf(together.x!.data as Float64Array, split), apart[split]!.x!.data)
  close(
    together.weight!.data,
    [0, 1].map(c => apart.reduce((total, { weight }) => total + weight!.data[c]!, 0)),
  )
})

test('frozen: running statistics in training too, which stay; weight and bias are trained, or nothing is', () => {
  for (const frozen of ['statistics', 'all'] as const) {
    const layer = batchNorm(C, { frozen })
    const names = frozen === 'all' ? [] : ['weight', 'bias']
    assert.equal(
      parametersOf(layer).map(({ name }) => name),
      names,
    )
    assert.equal(
      variablesOf(layer).map(({ name }) => name),
      ['weight', 'bias', 'running_mean', 'running_var'],
    )
    const [m, v] = [variables.running_mean, variables.running_var]
    const {
      outputs,
      gradients,
      variables: after,
    } = runModule(layer, ({ x }) => ({ y: layer(x!) as Tensor }), {
      inputs: { x: { shape, data } },
      variables,
      cotangents: { y: { shape, data: data.map(() => 1) } },
      gradientsOf: ['x'],
    })
    const normal = (n: number, c: number, t: number) => (at(n, c, t) - m[c]!) / Math.sqrt(v[c]! + 1e-5)
    close(
      outputs.y!.data,
      each((n, c, t) => normal(n, c, t) * variables.weight[c]! + variables.bias[c]!),
    )
    assert.equal(after, {})
    // The statistics are constants: the gradient is the scale alone.
    close(
      gradients.x!.data,
      each((_, c) => variables.weight[c]! / Math.sqrt(v[c]! + 1e-5)),
    )
    assert.equal(Object.keys(gradients).sort(), ['x', ...names].sort())
  }
})

test('shuffled: another order in every step, results in the order of the batch, statistics of shuffled splits', () => {
  const layer = batchNorm(1, { affine: false, splits: 4, momentum: 1 })
  const x = Float64Array.from({ length: 8 }, (_, n) => 10 ** (n % 4))
  let seen: string[] = []
  const graph = trace(
    'shuffle',
    entry({ x: [8, 1] }, ({ x }) => {
      seen = []
      const around = shuffled((rows: Untyped): Untyped => {
        seen.push(`${rows.shape}`)
        return layer(rows) as Untyped
      })
      return {
        plain: layer(x) as Tensor,
        mixed: around(x as Untyped),
        same: shuffled((rows: Untyped) => rows)(x as Untyped),
      }
    }),
  )
  assert.equal(seen, ['8,1'])
  const at = (step: number) =>
    evaluate(graph, { inputs: { x }, variables: { seed: 5, step, running_mean: [0], running_var: [1] } }).outputs
  const runs = Array.from({ length: 20 }, (_, step) => at(step))
  // In order, the two rows of a split are equal, so that normalizing gives 0; shuffled, most splits have unequal rows.
  for (const { plain, same } of runs) {
    close(plain!.data, new Float64Array(8))
    assert.equal([...same!.data], [...x])
  }
  const signs = runs.map(({ mixed }) => [...mixed!.data].map(value => Math.sign(Math.round(value))))
  assert.ok(new Set(signs.map(row => row.join())).size > 10, 'the order is drawn anew')
  // A row beside a smaller one becomes +1, beside a larger one -1, and they come in pairs.
  for (const row of signs)
    assert.is(
      row.reduce((a, b) => a + b, 0),
      0,
    )
  assert.ok(
    signs.every(row => row[0] !== 1 && row[4] !== 1 && row[3] !== -1 && row[7] !== -1),
    'rows are back in place',
  )
})

test('inside evaluating nothing is shuffled and nothing is drawn', () => {
  const graph = trace(
    'evaluated',
    entry({ x: [4, 2] }, ({ x }) => ({ y: evaluating(() => shuffled((rows: Untyped) => rows)(x as Untyped)) })),
  )
  assert.is(graph.outputs.y, graph.inputs[0])
})

test('errors name the sizes', () => {
  const on = (options: object, shape: number[]) => () => {
    const layer: any = batchNorm(3, options)
    return trace(
      't',
      entry({ x: shape }, ({ x }) => ({ y: layer(x) })),
    )
  }
  assert.throws(on({ splits: 4 }, [6, 3]), /batchNorm: 4 splits do not divide a batch of 6/)
  assert.throws(on({ splits: 6 }, [6, 3]), /cannot train on \[6, 3\] in 6 splits: one value per feature/)
  assert.not.throws(on({ splits: 6 }, [6, 3, 2]))
  assert.not.throws(on({ frozen: 'all' }, [1, 3]))
  assert.throws(() => batchNorm(3, { splits: 0 }), /takes one split or more, got 0/)
})

test.run()
