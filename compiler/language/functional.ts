/** Modules as functions of their variables, for what computes with other values of these than their own: inner loops of meta-learning. */
import { checkTensors, described, isTensor, type Tensor, withStandIns } from '../graph/node.js'
import { ShapeError, show } from '../graph/shape.js'
import { type Module, parametersOf, variablesOf } from './module.js'

/** The trained variables of a module by name, as `grad` takes them and `functionalCall` does. */
export const namedParameters = (module: Module): Record<string, Tensor<any, 'f32', 'flows'>> =>
  Object.fromEntries(parametersOf(module).map(({ name, tensor }) => [name, tensor as Tensor<any, 'f32', 'flows'>]))

/**
 * `module(...inputs)` with `values` in the place of the variables that have these names; the others are their own. For steps of
 * an inner loop: what comes of them is differentiated through. Throws `ShapeError` for names that the module has not, and other
 * shapes or dtypes.
 */
export function functionalCall<I extends readonly unknown[], O>(
  module: ((...inputs: I) => O) & Module,
  values: Readonly<Record<string, Tensor>>,
  ...inputs: I
): O {
  const held = new Map(variablesOf(module).map(({ name, tensor }) => [name, tensor]))
  if (typeof values !== 'object' || values === null || Array.isArray(values) || isTensor(values))
    throw new ShapeError(
      `functionalCall takes values by the names of variables, as namedParameters gives them, got ${described(values)}`,
    )
  const replacements = Object.entries(values).map(([name, value]): [Tensor, Tensor] => {
    const leaf = held.get(name)
    if (!leaf)
      throw new ShapeError(`functionalCall: the module has no variable ${name}, but ${[...held.keys()].join(', ')}`)
    checkTensors('functionalCall', [value])
    if (value.dtype !== leaf.dtype || value.shape.join() !== leaf.shape.join())
      throw new ShapeError(
        `functionalCall: variable ${name} is ${leaf.dtype}${show(leaf.shape)}, its value is ${value.dtype}${show(value.shape)}`,
      )
    return [leaf, value]
  })
  const standIns = new Map(replacements)
  // What is returned as it is was no operand.
  const replaced = (result: unknown): unknown => {
    if (typeof result !== 'object' || result === null) return result
    if (isTensor(result)) return standIns.get(result) ?? result
    return Array.isArray(result)
      ? result.map(replaced)
      : Object.fromEntries(Object.entries(result).map(([key, value]) => [key, replaced(value)]))
  }
  return replaced(withStandIns(standIns, () => module(...inputs))) as O
}
