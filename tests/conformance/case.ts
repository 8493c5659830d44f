/**
 * A case as a graph: its inputs, its outputs through the language, and the gradients of `sum <cotangent, output>`, which
 * is what the stored gradients belong to.
 */
import type { Graph } from '../../compiler/graph/graph.js'
import { entry, f32, i32 } from '../../compiler/index.js'
import { trace } from '../../compiler/language/entry.js'
import { checkRoundTrip } from '../graph/roundtrip.js'
import type { Job, State } from './backends.js'
import { type Any, f, type Tensors } from './language.js'
import type { Described, Oracle, OracleCase, Stored } from './oracle.js'
import type { DescribesProgram } from './programs.js'
import { programs, table } from './table.js'

export interface Case extends Job {
  readonly test: OracleCase
}
/** The tensors that a case expects, by the name of the graph's output. */
export const expectations = ({ outputs, grads }: OracleCase): [name: string, type: Described][] => [
  ...Object.entries(outputs).map(([name, type]): [string, Described] => [`out/${name}`, type]),
  ...Object.entries(grads).map(([name, type]): [string, Described] => [`grad/${name}`, type]),
]

/** Throws an error with the reason if the language cannot express the case. */
export function buildCase(test: OracleCase, oracle: Oracle): Case {
  const program = programs[test.group]?.[test.op]
  if (program) return buildProgram(test, oracle, program)
  const build = table[test.group]?.[test.op]
  if (!build) throw new Error(`no mapping for operation ${test.op} of group ${test.group}: add it to tests/conformance`)
  const leaves = [...named('in', test.inputs), ...named('cot', test.cotangents)]
  const body = (given: Tensors): Record<string, Any> => {
    const inputs = picked(given, 'in/')
    const built = build(inputs, test.attrs)
    const outputs: Tensors = isTensor(built) ? { y: built } : built
    const missing = Object.keys(test.outputs).find(name => !outputs[name])
    if (missing) throw new Error(`the mapping of ${test.op} gives no output ${missing}`)
    return {
      ...Object.fromEntries(Object.keys(test.outputs).map(name => [`out/${name}`, outputs[name]!])),
      ...gradients(test, inputs, outputs, picked(given, 'cot/')),
    }
  }
  const graph: Graph = checkRoundTrip(
    trace(test.id, entry(Object.fromEntries(leaves.map(([name, type]) => [name, spec(type)])), body as any)),
  )
  return {
    test,
    graph,
    runs: [Object.fromEntries(leaves.map(([name, type]): [string, Stored] => [name, oracle.tensor(test, name, type)]))],
  }
}

/** A case with variables: its entry is run as often as the case says. */
function buildProgram(test: OracleCase, oracle: Oracle, describe: DescribesProgram): Case {
  const { inputs, body, runs, variables, results } = describe(test, oracle)
  const specs = Object.fromEntries(Object.entries(inputs).map(([name, type]) => [name, spec(type)]))
  const graph: Graph = checkRoundTrip(trace(test.id, entry(specs, body as any)))
  const named: State['results'] = (outputs, after) => {
    const found = results(outputs, after)
    const missing = expectations(test).find(([name]) => !found[name])
    if (missing) throw new Error(`the mapping of ${test.op} gives no ${missing[0]}`)
    return found
  }
  return { test, graph, runs, state: { variables, results: named } }
}

function gradients(test: OracleCase, inputs: Tensors, outputs: Tensors, cotangents: Tensors): Record<string, Any> {
  const names = Object.keys(test.grads)
  if (names.length === 0) return {}
  const unknown = names.find(name => !inputs[name])
  if (unknown) throw new Error(`the gradient of ${unknown} is asked for, and no input has that name`)
  const terms = Object.entries(cotangents).map(([name, cotangent]) => f.sum(f.mul(outputs[name], cotangent)))
  // A loss has no stored cotangent: it is 1.
  const alone = test.outputs.loss && !cotangents.loss ? [outputs.loss!] : []
  const total = [...terms, ...alone].reduce((a, b) => f.add(a, b))
  const found: Tensors = f.grad(total, Object.fromEntries(names.map(name => [name, inputs[name]])))
  return Object.fromEntries(names.map(name => [`grad/${name}`, found[name]!]))
}

const named = (kind: string, types: Readonly<Record<string, Described>>): [name: string, type: Described][] =>
  Object.entries(types).map(([name, type]) => [`${kind}/${name}`, type])
const picked = (given: Tensors, prefix: string): Record<string, Any> =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, x]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), x]] : [])),
  )
const spec = ({ shape, dtype, kind }: Described) =>
  kind === 'bool' ? { shape, dtype: 'bool' as const } : dtype === 'F32' ? f32(shape) : i32(shape)
const isTensor = (x: Any | Tensors): x is Any => 'operation' in x
