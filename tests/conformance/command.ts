/**
 * The command of `run.ts`: every case of a directory of reference data through the public language and the compiler,
 * forward and gradients. Failures with their worst element, a table per group, and a closing line.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { BadInput, NoAdapter } from '../../runtime/errors.js'
import { type Backend, type Outcome, onDevice, reference } from './backends.js'
import { buildCase, type Case, expectations } from './case.js'
import { difference } from './compare.js'
import { inHalves } from './halves.js'
import { type Oracle, type OracleCase, readOracle } from './oracle.js'
import { programs, table } from './table.js'

/** Cases per compiled program. */
const AT_A_TIME = 40
const backends: Readonly<Record<string, (schedule?: string, halves?: boolean) => Promise<Backend>>> = {
  device: onDevice,
  reference: async () => reference,
}

interface Verdict {
  readonly test: OracleCase
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly milliseconds: number
}

/** Runs the command on its arguments and gives its exit code; `print` gets the report, `warn` what is wrong with the input. */
export async function conformance(
  args: readonly string[],
  print: (line: string) => void = console.log,
  warn: (line: string) => void = console.error,
): Promise<number> {
  try {
    return await run(options(args), print)
  } catch (error) {
    if (!(error instanceof BadInput || error instanceof NoAdapter)) throw error
    warn(error.message)
    return 2
  }
}

async function run(
  { directory, filter, backend, schedule, dtype }: Options,
  print: (line: string) => void,
): Promise<number> {
  const oracle = readOracle(directory)
  const cases = oracle.cases.filter(({ id, group, op }) => [id, group, op].some(name => name.includes(filter)))
  if (cases.length === 0)
    throw new BadInput(`no case of ${directory} has ${JSON.stringify(filter)} in its id, group or operation.`)
  const halves = dtype === 'f16'
  const runner = await backends[backend]!(schedule, halves)
  const verdicts: Verdict[] = []
  const show = progress(cases.length, print)
  for (let at = 0; at < cases.length; at += AT_A_TIME) {
    verdicts.push(...(await runBatch(cases.slice(at, at + AT_A_TIME), oracle, runner, halves, show.print)))
    show.update(verdicts.length)
  }
  await runner.close()
  for (const line of summary(verdicts)) print(line)
  return verdicts.some(({ outcome }) => outcome === 'failed') ? 1 : 0
}

interface Options {
  readonly directory: string
  readonly filter: string
  readonly backend: string
  readonly schedule?: string | undefined
  /** `'f16'`: f32 inputs are stored in halves, and results held to the reference on the same. */
  readonly dtype: string
}
function options(args: readonly string[]): Options {
  const fail = (reason: string): never => {
    throw new BadInput(
      `${reason}: npm run conformance -- [DIR] [--filter TEXT] [--backend device|reference] [--schedule NAME] [--dtype f32|f16]`,
    )
  }
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        filter: { type: 'string', default: '' },
        backend: { type: 'string', default: 'device' },
        schedule: { type: 'string' },
        dtype: { type: 'string', default: 'f32' },
      },
      allowPositionals: true,
    })
    if (positionals.length > 1) fail(`one directory at a time, got ${positionals.join(' and ')}`)
    if (!Object.hasOwn(backends, values.backend)) fail(`there is no backend ${values.backend}`)
    if (!['f32', 'f16'].includes(values.dtype)) fail(`inputs are not stored in ${values.dtype}`)
    if (values.dtype === 'f16' && values.backend === 'reference') fail('--dtype f16 holds a device to the reference')
    return { directory: positionals[0] ?? fileURLToPath(new URL('../../../shared/oracle', import.meta.url)), ...values }
  } catch (error) {
    if (error instanceof BadInput) throw error
    return fail((error as Error).message.split('. ')[0]!.replace(/\.$/, ''))
  }
}

async function runBatch(
  tests: readonly OracleCase[],
  oracle: Oracle,
  backend: Backend,
  halves: boolean,
  print: (line: string) => void,
) {
  const verdicts: Verdict[] = []
  const built: Case[] = []
  for (const test of tests) {
    try {
      const made = buildCase(test, oracle)
      built.push(halves ? inHalves(made) : made)
    } catch (error) {
      if (error instanceof BadInput) throw error
      const mapped = programs[test.group]?.[test.op] ?? table[test.group]?.[test.op]
      const optional = !mapped && test.notes.includes('optional')
      if (!optional) print(`FAIL ${test.id}: ${(error as Error).message}`)
      verdicts.push({ test, outcome: optional ? 'skipped' : 'failed', milliseconds: 0 })
    }
  }
  const outcomes = await backend.run(built)
  const exact = halves ? await reference.run(built) : []
  built.forEach(({ test }, i) => {
    const wrong = problems(test, outcomes[i]!, oracle, exact[i])
    for (const line of wrong) print(`FAIL ${test.id} ${line}`)
    verdicts.push({ test, outcome: wrong.length ? 'failed' : 'passed', milliseconds: outcomes[i]!.milliseconds })
  })
  return verdicts
}

/** `exact`: what is expected instead of the reference data. */
function problems(test: OracleCase, { outputs }: Outcome, oracle: Oracle, exact?: Outcome): string[] {
  if (outputs instanceof Error) return [outputs.message]
  if (exact?.outputs instanceof Error) return [`the reference fails: ${exact.outputs.message}`]
  const expected = exact?.outputs
  return expectations(test).flatMap(([name, type]) => {
    const wrong = difference(outputs[name]!, expected ? expected[name]!.data : oracle.tensor(test, name, type), type)
    return wrong ? [`${name} ${wrong}`] : []
  })
}

function summary(verdicts: readonly Verdict[]): string[] {
  const count = (of: readonly Verdict[], what: Verdict['outcome']) =>
    of.filter(({ outcome }) => outcome === what).length
  const groups = [...new Set(verdicts.map(({ test }) => test.group))]
  const width = Math.max(5, ...groups.map(group => group.length))
  const row = (name: string, numbers: readonly (number | string)[]) =>
    `${name.padEnd(width)}${numbers.map(n => String(n).padStart(9)).join('')}`
  const rows = groups.map(group => {
    const of = verdicts.filter(({ test }) => test.group === group)
    return row(group, [count(of, 'passed'), count(of, 'failed'), count(of, 'skipped')])
  })
  const slowest = [...verdicts].sort((a, b) => b.milliseconds - a.milliseconds).slice(0, 5)
  const skipped = count(verdicts, 'skipped')
  return [
    '',
    row('group', ['passed', 'failed', 'skipped']),
    ...rows,
    '',
    `slowest: ${slowest.map(({ test, milliseconds }) => `${test.id} ${milliseconds.toFixed(0)} ms`).join(', ')}`,
    `${count(verdicts, 'passed')} passed, ${count(verdicts, 'failed')} failed${skipped ? `, ${skipped} skipped` : ''}`,
  ]
}

/** How far it is, on standard error: one line that is rewritten on a terminal, elsewhere a line now and then. */
function progress(total: number, report: (line: string) => void) {
  const { stderr } = process
  let last = performance.now()
  const clear = () => stderr.isTTY && stderr.write('\r\x1b[2K')
  return {
    update(done: number): void {
      const line = `${done} of ${total} cases`
      if (stderr.isTTY) stderr.write(`\r\x1b[2K${done < total ? line : ''}`)
      else if (performance.now() - last > 10_000) {
        stderr.write(`${line}\n`)
        last = performance.now()
      }
    },
    print(line: string): void {
      clear()
      report(line)
    },
  }
}
