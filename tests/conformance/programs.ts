/**
 * Cases that keep variables from run to run: optimizers, networks, training. Each is an entry, the values of its inputs
 * in every run and of its variables before the first, and what the case's outputs are in terms of the results.
 */
import type { Results, State } from './backends.js'
import type { Result } from './compare.js'
import type { Tensors } from './language.js'
import type { Described, Oracle, OracleCase, Stored } from './oracle.js'

export interface CaseProgram extends State {
  readonly inputs: Readonly<Record<string, Described>>
  readonly body: (inputs: any) => Tensors
  readonly runs: readonly Readonly<Record<string, Stored>>[]
}
export type DescribesProgram = (test: OracleCase, oracle: Oracle) => CaseProgram

/** An input whose leading axis is the run: what one run takes, and its elements. */
export function perRun(
  test: OracleCase,
  oracle: Oracle,
  name: string,
  runs: number,
): { type: Described; of: Stored[] } {
  const whole = test.inputs[name]!
  if (whole.shape[0] !== runs)
    throw new Error(`${name} has shape [${whole.shape}], and there are ${runs} steps: its leading axis is the step`)
  const shape = whole.shape.slice(1)
  const size = shape.reduce((a, b) => a * b, 1)
  const data = oracle.tensor(test, `in/${name}`, whole)
  return { type: { ...whole, shape }, of: Array.from({ length: runs }, (_, i) => data.slice(i * size, (i + 1) * size)) }
}

/** The same output of every run, on a new leading axis. */
export function stacked(runs: readonly Results[], name: string): Result {
  const { shape } = runs[0]![name]!
  return { shape: [runs.length, ...shape], data: runs.flatMap(run => Array.from(run[name]!.data)) }
}

export const scalar: Described = { shape: [], dtype: 'F32' }
