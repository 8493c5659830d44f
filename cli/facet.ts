/**
 * The `facet` command and its commands. Each lives in its own file, imported only when it is used: it exports
 * `register(program)`, which adds a commander command that throws `UsageError` or a runtime error to fail.
 */
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { abortRanks, launched } from '../runtime/distributed/mpi.js'
import { RankLost } from '../runtime/distributed/ranks.js'
import { exitCodes, explain } from './errors.js'

interface CommandModule {
  register(program: Command): void
}
const commands: Record<string, { summary: string; load: () => Promise<CommandModule> }> = {
  doctor: { summary: 'show the adapters found, the one chosen and what it can do', load: () => import('./doctor.js') },
  demo: {
    summary: 'pretrain with SimSiam and MoCo v2, without and with feature augmentation, and compare',
    load: () => import('./demo.js'),
  },
  pretrain: { summary: 'pretrain one encoder with one method', load: () => import('./pretrain.js') },
  export: {
    summary: "write a run's weights as safetensors, or its encoder as ONNX",
    load: () => import('./export.js'),
  },
  study: { summary: 'run every trial of a study file, and report', load: () => import('./study.js') },
  report: {
    summary: 'write the report of a study, a run or a demo as one HTML page',
    load: () => import('./report.js'),
  },
  evaluate: {
    summary: 'evaluate a saved run: kNN, linear probe, fine-tuning, transfer, robustness, ...',
    load: () => import('./evaluate.js'),
  },
  detect: {
    summary: 'train an object detector on a pretrained encoder and print its average precision',
    load: () => import('./detect.js'),
  },
  preview: { summary: 'write a contact sheet of augmented views as PNG', load: () => import('./preview.js') },
  compile: {
    summary: 'compile the entries a file exports to a shader bundle, for Node and browsers',
    load: () => import('./compile.js'),
  },
  run: { summary: 'run an entry of a shader bundle on arrays in npy files', load: () => import('./run.js') },
  inspect: {
    summary: 'show the graph, kernels, dispatches and memory of a bundle or of the entries a file exports',
    load: () => import('./inspect.js'),
  },
  profile: {
    summary: 'time each kernel of a bundle or of the entries a file exports',
    load: () => import('./profile.js'),
  },
  tune: {
    summary: 'find fast schedules for the entries of a file or a bundle, by timing them on this machine',
    load: () => import('./tune.js'),
  },
}

/** Runs the command that `argv` (without node and script) asks for. Resolves to the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    await (await build(argv)).parseAsync(argv.length ? argv : ['--help'], { from: 'user' })
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.badInput
    const { text, code } = explain(error)
    await tell(text, error instanceof RankLost)
    await abortRanks(code)
    return code
  }
}

/** Prints what failed: of several processes once, if all fail alike. */
async function tell(text: string, lost: boolean): Promise<void> {
  const job = launched()
  const rank = job?.rank ?? 0
  // One of the first two is there if a rank is lost. Otherwise rank 0 ends the job meanwhile, where it has failed too.
  if (lost && rank > 1) return
  if (!lost && rank > 0) {
    const ending = new Promise<boolean>(resolve => process.once('SIGTERM', () => resolve(true)))
    if (await Promise.race([ending, new Promise<boolean>(resolve => setTimeout(resolve, 2000, false))])) return
  }
  process.stderr.write(`facet: ${job ? `rank ${rank} of ${job.size}: ` : ''}${text}\n`)
}

async function build(argv: readonly string[]): Promise<Command> {
  const program = new Command('facet')
    .description('Self-supervised pretraining with feature augmentation, compiled to WebGPU')
    .version(version())
    .helpCommand('help [command]', 'show the options of a command')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(`facet: ${sentence(text)}\n`),
      // Of several processes the first speaks.
      ...(launched()?.rank && { writeOut() {}, writeErr() {} }),
    })
  const words = argv.filter(word => !word.startsWith('-'))
  const wanted = words[0] === 'help' ? words[1] : words[0]
  for (const [name, { summary, load }] of Object.entries(commands))
    if (name === wanted) (await load()).register(program)
    else program.command(name).summary(summary).description(summary)
  return program
}

const version = (): string => JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version

/** Commander says "error: unknown option '--x'" and a suggestion on a line of its own. */
const sentence = (text: string): string =>
  text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ')
