/**
 * Models as their authors would write them, beside twins in PyTorch: the same losses and gradients, in as many words. What is
 * compared with stands in `reference.json`, which `reference.py` makes.
 */
import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile, type Entry, entry, grad, type Module, namedParameters, targetFor } from '../../compiler/index.js'
import { namesOf } from '../../compiler/language/entry.js'
import { load } from '../../runtime/node.js'
import { closeTestDevice, testDevice, typed } from '../device.js'
import { ratio, sizes } from './size.js'

interface Authored {
  readonly model: Module
  readonly loss: Entry
  readonly step: Entry
}
interface Reference {
  readonly inputs: Record<string, { shape: number[]; values: number[] }>
  /** Before each of some steps. */
  readonly losses: number[]
  /** Of the first loss, by parameter. */
  readonly gradients: Record<string, number[]>
}
const here = (file: string) => new URL(file, import.meta.url)
const text = (file: string) => readFileSync(here(file), 'utf8')
const references: Record<string, Reference> = JSON.parse(text('reference.json'))
const TOLERANCE = 1e-5
/** By name: a model that is arithmetic on scores, which PyTorch writes with operators, and JavaScript with functions. */
const LONGER: Readonly<Record<string, number>> = { mining: 1.29 }

/** As in `reference.py`. */
function numbers(count: number, name: string): number[] {
  let state = [...name].reduce((hash, character) => (hash * 31 + character.codePointAt(0)!) % 2147483647, 7)
  return Array.from({ length: count }, () => {
    state = (state * 16807) % 2147483647
    return state / 2147483647 - 0.5
  })
}
const start = (name: string, shape: readonly number[]) =>
  numbers(
    shape.reduce((a, b) => a * b, 1),
    name,
  ).map(value => (shape.length === 1 && name.endsWith('weight') ? 1 + 0.2 * value : 0.6 * value))

/** The sizes that an entry names, read off its inputs. */
const sizesOf = (loss: Entry, inputs: Reference['inputs']): Record<string, number> =>
  Object.fromEntries(
    namesOf(loss).map(name => {
      const [input, axis] = Object.entries<any>(loss.inputs)
        .map(([key, given]) => [key, (given.shape ?? given).indexOf(name)] as const)
        .find(([, at]) => at >= 0)!
      return [name, inputs[input]!.shape[axis]!]
    }),
  )

for (const [name, { inputs, losses, gradients }] of Object.entries(references))
  test(`${name}: losses and gradients are those of PyTorch`, async () => {
    const { model, loss, step }: Authored = await import(here(`${name}.ts`).href)
    const gradient = entry(loss.inputs, given => grad(loss.body(given).loss as never, namedParameters(model)))
    const device = await testDevice()
    const program = compile({ step, gradient }, sizesOf(loss, inputs), { target: targetFor(device) })
    const session = await load(device, program)
    const given = Object.fromEntries(
      Object.entries(inputs).map(([key, { values }]) => [key, typed(values, loss.inputs[key].dtype ?? 'f32')]),
    )
    const parameters = Object.entries(namedParameters(model))
    assert.equal(parameters.map(([key]) => key).sort(), Object.keys(gradients).sort())
    session.writeVariables(
      Object.fromEntries(parameters.map(([key, { shape }]) => [key, Float32Array.from(start(key, shape))])),
    )
    const found: Record<string, ArrayLike<number>> = await session.call('gradient' as never, given as never)
    for (const [key, expected] of Object.entries(gradients)) near(`gradient of ${key}`, found[key]!, expected)
    for (const [at, expected] of losses.entries()) {
      const { loss: value }: any = await session.call('step' as never, given as never)
      near(`loss ${at}`, value, [expected])
    }
    session.destroy()
  })

/** Within `TOLERANCE` of the largest number; of 1 where all are 0. */
function near(what: string, found: ArrayLike<number>, expected: readonly number[]): void {
  assert.is(found.length, expected.length, what)
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1
  expected.forEach((value, i) => {
    const away = Math.abs(found[i]! - value)
    assert.ok(away <= TOLERANCE * largest, `${what}, element ${i}: ${found[i]} instead of ${value}`)
  })
}

test('every model has its twin, and all of them are as short', () => {
  assert.equal(Object.keys(sizes).sort(), Object.keys(references).sort())
  for (const of of ['lines', 'characters'] as const)
    assert.ok(ratio(of) <= 1.15, `${ratio(of).toFixed(3)} times PyTorch's ${of}: npx tsx tests/authors/size.ts`)
  for (const [name, { facet, pytorch }] of Object.entries(sizes)) {
    const most = LONGER[name] ?? 1.15
    assert.ok(facet.characters <= most * pytorch.characters, `${name} has more than ${most} times PyTorch's characters`)
  }
})
test('no cast, and nothing whose type is taken on trust', () => {
  for (const name of Object.keys(references))
    assert.not.match(text(`${name}.ts`), /\b(Untyped|as (any|never|unknown)|ts-(ignore|expect-error))\b/, name)
})

test.after(closeTestDevice)
test.run()
