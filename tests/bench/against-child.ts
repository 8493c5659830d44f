/**
 * One workload with the compiler and the runtime of a tree, in a process of its own: `against-child.ts ROOT WORKLOAD ADAPTER FOLDER`
 * prints a `Taken` after `@@`. Of this tree it uses what is about neither, so that both sides are timed alike.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Taken } from './against.js'
import { QUICK, SAMPLE_MS, sample } from './sample.js'
import { readSuite } from './workloads.js'

const [root, id, adapter, folder] = process.argv.slice(2) as [string, string, string, string]
const from = (path: string) => import(pathToFileURL(join(root, path)).href)
const { compile, targetFor } = await from('compiler/index.ts')
const { load, openDevice } = await from('runtime/node.ts')
const { benchProgram } = await from('tests/bench/programs.ts')
const suite = await readSuite(folder)
const workload = suite.workloads.find(workload => workload.id === id)!
const inputs = suite.inputs(workload)
const device = await openDevice({ adapter, unsafe: true })

/** Milliseconds of processor time, of all threads. */
const processor = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
const start = processor()
const { entry, results } = benchProgram(workload)
const session = await load(device, compile({ run: entry }, {}, { target: targetFor(device) }))
session.writeVariables(Object.fromEntries(Object.entries(inputs).map(([name, { data }]) => [name, data])))
session.run('run')
await session.settle()
const first = processor() - start
const losses: number[] = []
for (const _ of results.length === 0 ? Array(workload.lossSteps ?? 1) : []) {
  if (losses.length > 0) session.run('run')
  losses.push((await session.read('run')).loss[0])
}
const { ok } = suite.check(workload, inputs, { outputs: await session.readVariables(results), losses })
const repeated = { run: () => session.run('run'), wait: () => session.settle() }
const taken: Taken = { ok, first, warm: await sample(repeated, SAMPLE_MS, QUICK, processor) }
process.stdout.write(`@@${JSON.stringify(taken)}\n`, () => process.exit())
