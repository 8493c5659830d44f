/**
 * Reference data from outside (inputs, outputs and gradients in float64, rounded to float32): reads the cases of a
 * group and holds the reference evaluation of a graph, and its gradients, to them. Absent data skips the tests.
 */
import { existsSync, readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { backward } from '../compiler/gradient/reverse.js'
import { evaluateNodes } from '../compiler/graph/evaluate.js'
import { inputOperation } from '../compiler/graph/graph.js'
import { apply, type Tensor } from '../compiler/graph/node.js'
import type { Host } from '../compiler/graph/operation.js'
import { constant } from '../compiler/ops/constant.js'
import { readSafetensors, type Tensors } from '../runtime/safetensors.js'

interface Described {
  readonly shape: readonly number[]
  readonly dtype: 'F32' | 'I32'
  readonly kind?: 'bool'
  readonly rtol?: number
  readonly atol?: number
}
export interface OracleCase {
  readonly id: string
  readonly group: string
  readonly op: string
  readonly file: string
  readonly attrs: Readonly<Record<string, any>>
  readonly inputs: Readonly<Record<string, Described>>
  readonly outputs: Readonly<Record<string, Described>>
  readonly cotangents?: Readonly<Record<string, Described>>
  readonly grads?: Readonly<Record<string, Described>>
}

const folder = new URL('../../shared/oracle/', import.meta.url)
const files = new Map<string, Tensors>()
export function load(file: string): Tensors {
  const known = files.get(file) ?? readSafetensors(readFileSync(new URL(file, folder)), file).tensors
  files.set(file, known)
  return known
}

/** The cases of a group; none (and a word about it) where the data is not there. */
export function oracleCases(group: string): OracleCase[] {
  if (!existsSync(folder)) {
    console.log(`skipped: no reference data for ${group} at ../shared/oracle`)
    return []
  }
  const index = JSON.parse(readFileSync(new URL('index.json', folder), 'utf8')) as { cases: OracleCase[] }
  return index.cases.filter(found => found.group === group)
}

/** Builds the case from its inputs by name, evaluates it, and compares every output and gradient within its tolerance. */
export function checkOracle(
  test: OracleCase,
  build: (inputs: Record<string, Tensor<any, any, any>>, attrs: OracleCase['attrs']) => Record<string, Tensor>,
): void {
  const data = load(test.file)
  const values = new Map<Tensor, Host>()
  const leaf = (name: string, kind: string, { shape, dtype, kind: meaning }: Described) => {
    const type = dtype === 'F32' ? 'f32' : meaning === 'bool' ? 'bool' : 'i32'
    const node = apply(inputOperation, [], { name: `${kind}_${name}`, shape, dtype: type })
    values.set(node, {
      shape,
      data: Float64Array.from(data[`${test.id}/${kind}/${name}`] as unknown as ArrayLike<number>),
    })
    return node
  }
  const all = (kind: string, described: Readonly<Record<string, Described>> = {}) =>
    Object.fromEntries(Object.entries(described).map(([name, type]) => [name, leaf(name, kind, type)]))
  const inputs = all('in', test.inputs)
  const outputs = build(inputs, test.attrs)
  const names = Object.keys(test.outputs)
  const computed = evaluateNodes(
    names.map(name => outputs[name]!),
    values,
  )
  names.forEach((name, i) => {
    compare(computed[i]!, data, `${test.id}/out/${name}`, test.outputs[name]!)
  })
  // A loss has no stored cotangent: it is 1.
  const implied = outputs.loss && !test.cotangents?.loss ? { loss: constant(1, []) } : {}
  const cotangents = { ...all('cot', test.cotangents), ...implied }
  const wanted = Object.keys(test.grads ?? {})
  if (wanted.length === 0) return
  const gradients = backward(
    Object.entries(cotangents).map(([name, value]) => [outputs[name]!, value]),
    wanted.map(name => inputs[name]!),
  )
  evaluateNodes(gradients, values).forEach((gradient, i) => {
    compare(gradient, data, `${test.id}/grad/${wanted[i]}`, test.grads![wanted[i]!]!)
  })
}

export function compare(actual: Host, data: Tensors, name: string, { shape, rtol = 0, atol = 0 }: Described): void {
  assert.equal([...actual.shape], [...shape], `${name}: shape`)
  const expected = data[name] as unknown as ArrayLike<number>
  // Exact data was rounded to float32; so is the float64 result where nothing else is allowed.
  const round = rtol === 0 && atol === 0 ? Math.fround : (x: number) => x
  for (let i = 0; i < expected.length; i++)
    if (!(Math.abs(round(actual.data[i]!) - expected[i]!) <= atol + rtol * Math.abs(expected[i]!)))
      assert.unreachable(`${name}: element ${i} is ${actual.data[i]}, expected ${expected[i]}`)
}
