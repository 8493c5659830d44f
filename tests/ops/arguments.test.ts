/** What stands in the place of a tensor and is none: every function of the language answers in a sentence of Facet's, never in JavaScript's. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as language from '../../compiler/index.js'
import { trace } from '../../compiler/language/entry.js'
import type { Module } from '../../compiler/language/module.js'

const { ShapeError, PatternError, UnboundSize, LimitError } = language
const OWN = [ShapeError, PatternError, UnboundSize, LimitError]
/** These take what the compiler itself makes, or plain numbers, and no tensor; `bundle` is asynchronous. */
const NO_TENSORS = new Set([
  'bundle',
  'compileGraphs',
  'idsOf',
  'initialValue',
  'leafName',
  'philoxBlock',
  'print',
  'printKernel',
  'printProgram',
  'targetFor',
])
const functions = Object.entries(language).filter(
  ([name, f]) => typeof f === 'function' && !NO_TENSORS.has(name) && !(f.prototype instanceof Error),
) as [string, (...x: unknown[]) => unknown][]

/** Runs `body` in a trace, whatever it leaves unread there, with a matrix. */
function traced(body: (x: unknown) => void): void {
  try {
    trace(
      't',
      language.entry({ x: ['n', 4] }, ({ x }) => {
        body(x)
        return { x }
      }),
      { n: 4 },
    )
  } catch (error) {
    if (!(error instanceof ShapeError && error.message.includes('reads it nowhere'))) throw error
  }
}

const WRONG: readonly unknown[] = [undefined, null, 2, 'a', [1, 2], () => 1, true, {}]
/** Where it stands, with `x` a matrix. */
const PLACES: readonly ((v: unknown, x: unknown) => unknown[])[] = [
  v => [v],
  v => [v, v],
  v => [v, 0],
  (v, x) => [v, x],
  (v, x) => [x, v],
  (v, x) => [v, x, x],
  (v, x) => [x, v, x],
  (v, x) => [x, x, v],
  (v, x) => [x, 0, v],
  (v, x) => [x, v, v],
  (v, x) => [x, 0, v, v],
  (v, x) => [x, 0, x, v],
]

test('all functions are walked, and none says a word of JavaScript', () => {
  assert.ok(functions.length > 200, `${functions.length} functions`)
  let refused = 0
  traced(x => {
    for (const [name, f] of functions)
      for (const wrong of WRONG)
        for (const place of PLACES)
          try {
            f(...place(wrong, x))
          } catch (error) {
            if (!OWN.some(kind => error instanceof kind))
              throw new Error(`${name} of ${place(String(wrong), 'x')}: ${error}`, { cause: error })
            refused++
          }
  })
  assert.ok(refused > 10_000, `${refused} were refused`)
})

const refuses = (message: string, call: (x: any) => unknown): void =>
  traced(x =>
    assert.throws(
      () => call(x),
      (error: Error) => {
        assert.instance(error, ShapeError)
        assert.is(error.message, message)
        return true
      },
    ),
  )
const any = (x: unknown): any => x

test('what is wrong is named, with the way out', () => {
  const { tensor, zeros, arange, tile, iota, upperTriangle, conv2d, oneHot, scan, map, scatterAdd } = any(language)
  refuses(
    'tensor takes numbers, in lists or in one of Float32Array, Int32Array, Uint32Array, got true of JavaScript, whose ! and === look at no values: logicalNot, equal and less give tensors',
    () => tensor([true]),
  )
  refuses("tensor takes numbers, in lists or in one of Float32Array, Int32Array, Uint32Array, got 'a'", () =>
    tensor(['a']),
  )
  refuses('tensor takes a dtype after its numbers, got [2, 2]: reshape(tensor(data), [2, 2]) gives them a shape', () =>
    tensor(new Float32Array(3), [2, 2]),
  )
  refuses('a shape is a list of sizes, as in [2], got 2', () => zeros(2, 3))
  refuses('the dtype of a constant is one of f32, f16, i32, u32, u8, bool, got 3', () => zeros([2], 3))
  refuses(
    'arange takes how many numbers and their dtype, got 2 and 5: add(arange(n), start) counts from elsewhere',
    () => arange(2, 5),
  )
  refuses('tile takes a list, as in [2, 1], got 2', x => tile(x, 2))
  refuses('tile: each count must be an integer of at least 1, got 0', x => tile(x, [0, 1]))
  refuses('axis 5 is out of range for [2, 2]', () => iota([2, 2], 5, 'f32'))
  refuses('upperTriangle takes matrices [..., M, N], got [3]', () => upperTriangle(zeros([3])))
  refuses('conv2d takes tensors, got null', () => conv2d(zeros([1, 1, 2, 2]), null))
  refuses('oneHot takes tensors, got null', () => oneHot(null, 5))
  refuses('scan takes a function, got null', x => scan(null, { h: x }, x))
  refuses('scan takes tensors, or tensors by name, got a list: tensor(list) makes one of numbers', x =>
    scan(() => x, [x], x),
  )
  refuses('map takes a function, got a tensor', x => map(x, x))
  refuses('scatterAdd takes tensors, got 0', x => scatterAdd(x, 0, x, 4))
})

test('values of functionalCall, and modules, are what they are said to be', () => {
  const scaled = language.module(({ param }) => {
    const w = param('w', [4], shape => language.zeros(shape))
    return (x: any) => language.mul(x, w)
  })
  refuses('functionalCall takes values by the names of variables, as namedParameters gives them, got undefined', x =>
    any(language.functionalCall)(scaled, undefined, x),
  )
  refuses('a module is what module(...) or a layer gives, got a function without variables', () =>
    language.parametersOf(language.relu as unknown as Module),
  )
})

test('numbers out of range are refused where they are given', () => {
  const { uniform, bernoulli, crossEntropy, zeros } = any(language)
  refuses('bernoulli: p must be a number of at least 0 and at most 1, got 2', () => bernoulli(2, [3]))
  refuses('uniform takes finite numbers low <= high, got 0 and Infinity', () => uniform([3], 0, Infinity))
  refuses('crossEntropy: smoothing must be a number of at least 0 and at most 1, got 2', x =>
    crossEntropy(x, zeros([4], 'i32'), { smoothing: 2 }),
  )
})

test('compile refuses options and sizes that it has no use for', () => {
  const { compile, entry, relu } = any(language)
  const step = entry({ x: ['n', 4] }, ({ x }: any) => ({ y: relu(x) }))
  const says = (message: string, sizes: unknown, options?: unknown) =>
    assert.throws(
      () => compile({ step }, sizes, options),
      (error: Error) => error instanceof ShapeError && error.message === message,
    )
  says(
    'compile has no option precison: it has target, precision, ranks, fusion, memory, choose and observe',
    { n: 2 },
    { precison: 'f16' },
  )
  says('compile: precision is one of f32, f16, got fp16', { n: 2 }, { precision: 'fp16' })
  says('compile is given size batch, which no input has: they have n', { n: 2, batch: 2 })
  for (const size of [0, 1.5, -1, Number.NaN])
    says(`compile: size n must be a whole number of at least 1, got ${size}`, { n: size })
  says("compile: size n must be a whole number of at least 1, got '2'", { n: '2' })
})

test.run()
