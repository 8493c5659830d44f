/** Modules in the float64 reference: traced with their variables' values given, evaluated, differentiated. */
import { backward } from '../../compiler/gradient/reverse.js'
import { evaluate, type HostData } from '../../compiler/graph/evaluate.js'
import type { Tensor, Untyped } from '../../compiler/graph/node.js'
import type { Host } from '../../compiler/graph/operation.js'
import { entry, trace } from '../../compiler/language/entry.js'
import { type Module, variablesOf } from '../../compiler/language/module.js'
import { evaluating } from '../../compiler/language/trace.js'
import type { DType } from '../../compiler/types/tensor.js'
import { checkRoundTrip } from '../graph/roundtrip.js'

export interface Given {
  readonly shape: readonly number[]
  readonly dtype?: DType
  readonly data: HostData
}
export interface Results {
  readonly outputs: Record<string, Host>
  /** Of the sum over outputs of `<cotangent, output>`, by name of input or parameter. */
  readonly gradients: Record<string, Host>
  /** What variables are updated to, by name. */
  readonly variables: Record<string, Host>
}

/** `build` on `inputs`; variables that are missing in `variables` must not be read. `gradientsOf` names f32 inputs. */
export function runModule(
  module: Module,
  build: (inputs: Record<string, Untyped>) => Record<string, Tensor>,
  given: {
    inputs: Record<string, Given>
    variables: Record<string, HostData>
    cotangents?: Record<string, Given>
    gradientsOf?: readonly string[]
    training?: boolean
  },
): Results {
  const { cotangents = {}, gradientsOf = [], training = true } = given
  const all = {
    ...given.inputs,
    ...Object.fromEntries(Object.entries(cotangents).map(([k, v]) => [`cotangent ${k}`, v])),
  }
  const specs = Object.fromEntries(
    Object.entries(all).map(([name, { shape, dtype }]) => [name, { shape: [...shape], dtype: dtype ?? 'f32' }]),
  )
  const graph = checkRoundTrip(
    trace(
      'run',
      entry(specs, inputs => {
        const outputs = training ? build(inputs) : evaluating(() => build(inputs))
        const wrt: Record<string, Tensor> = Object.fromEntries(gradientsOf.map(name => [name, inputs[name]!]))
        for (const { name, tensor, kind } of variablesOf(module)) if (kind === 'parameter') wrt[name] = tensor
        if (Object.keys(cotangents).length === 0) return outputs
        const pulled = backward(
          Object.keys(cotangents).map(name => [outputs[name]!, inputs[`cotangent ${name}`]!]),
          Object.values(wrt),
        )
        return {
          ...outputs,
          ...Object.fromEntries(Object.keys(wrt).map((name, i) => [`gradient ${name}`, pulled[i]!])),
        }
      }),
    ),
  )
  const { outputs, variables } = evaluate(graph, {
    inputs: Object.fromEntries(Object.entries(all).map(([name, { data }]) => [name, data])),
    variables: given.variables,
  })
  const part = (gradient: boolean) =>
    Object.fromEntries(
      Object.entries(outputs)
        .filter(([name]) => name.startsWith('gradient ') === gradient)
        .map(([name, value]) => [name.replace('gradient ', ''), value]),
    )
  return { outputs: part(false), gradients: part(true), variables }
}

/** Numbers that look random and are the same everywhere. */
export const numbers = (count: number, phase = 0): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => Math.sin(1.7 * i + phase) + 0.3 * Math.sin(0.31 * i * i + phase))
