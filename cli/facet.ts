/**
 * The `facet` command and its commands. Each lives in its own file, imported only when it is used: it exports
 * `register(program)`, which adds a commander command that throws `UsageError` or a runtime error to fail.
 */
import { Command, CommanderError } from 'commander'
import { launched } from '../runtime/distributed/mpi.js'
import { exitCodes, explain } from './errors.js'
import { version } from './package.js'
import { leave, SaidElsewhere, speaks } from './ranks.js'

interface CommandModule {
  register(program: Command): void
}
const commands: Record<string, { summary: string; load: () => Promise<CommandModule> }> = {
  doctor: { summary: 'show the adapters found, the one chosen and what it can do', load: () => import('./doctor.js') },
  new: {
    summary: 'make a project: a model, its bundle, a program for Node, a page and a test',
    load: () => import('./new.js'),
  },
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
    await (await build(argv)).parseAsync(asked(argv), { from: 'user' })
    return Number(process.exitCode ?? 0)
  } catch (error) {
    const said = error instanceof CommanderError
    if (said && error.exitCode === 0) return 0
    const failure = said ? { text: sentence(error.message), code: exitCodes.badInput } : explain(error)
    const job = launched()
    // Commander has told a process that is alone.
    if ((await speaks(error, failure)) && !(said && !job))
      process.stderr.write(`facet: ${job ? `rank ${job.rank} of ${job.size}: ` : ''}${failure.text}\n`)
    const code = error instanceof SaidElsewhere ? error.code : failure.code
    await leave(code)
    return code
  }
}

/** What commander is given. Asked for help on a command that is not there it prints the help of all, and not that there is none. */
function asked(argv: readonly string[]): readonly string[] {
  if (argv.length === 0) return ['--help']
  const [first, name] = argv
  const unknown = first === 'help' && name !== undefined && !name.startsWith('-') && name !== 'help'
  return unknown && !Object.hasOwn(commands, name) ? [name] : argv
}

export async function build(argv: readonly string[]): Promise<Command> {
  const program = new Command('facet')
    .description('Self-supervised pretraining with feature augmentation, compiled to WebGPU')
    .version(version())
    .helpCommand('help [command]', 'show the options of a command')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(`facet: ${sentence(text)}\n`),
      // Of several processes one speaks: `main` knows which.
      ...(launched() && { writeErr() {} }),
      ...(launched()?.rank && { writeOut() {} }),
    })
  const words = argv.filter(word => !word.startsWith('-'))
  const wanted = words[0] === 'help' ? words[1] : words[0]
  for (const [name, { summary, load }] of Object.entries(commands))
    if (name === wanted) (await load()).register(program)
    else program.command(name).summary(summary).description(summary)
  return program
}

/** Commander says "error: unknown option '--x'" and a suggestion on a line of its own. */
const sentence = (text: string): string =>
  text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ')
