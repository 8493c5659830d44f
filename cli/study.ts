/** `facet study`: every trial of a study file, side by side as processes, going on where an earlier call was stopped. */
import { basename, dirname, relative, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { type Hypothesis, isStudy, type Study, type Trial, trialName } from '../models/study/study.js'
import { decisive, type Expansion, expand, type LeftOut } from '../models/study/trials.js'
import { explain, UsageError } from './errors.js'
import { exportsOf } from './load.js'
import { launcher } from './package.js'
import { checkFolder, interruptible, oneOf, positive, whole } from './runs.js'
import { finished, type TrialResult, writeFailure, writeResult, writeStudy } from './study/folder.js'
import { readGathered } from './study/gathered.js'
import { runTrials } from './study/runner.js'
import {
  type Engine,
  engines,
  flag,
  linesOf,
  quoted,
  type SubmitOptions as Submitted,
  submission,
} from './study/submit.js'
import { studyTable } from './study/table.js'
import { checkData, trialsOf } from './study/trial.js'
import { work, workOnce } from './study/worker.js'

interface Options {
  readonly data?: string
  readonly out?: string
  readonly jobs?: number
  readonly resume?: boolean
  readonly from?: string
  readonly only?: readonly string[]
  readonly family?: Hypothesis['family']
  readonly limitGb: number
  readonly trial?: string
  readonly plan?: boolean
  readonly pilot?: string
  readonly worker?: boolean
}
/** Of the command line: what `Submitted` is made of. */
type SubmitOptions = Omit<Submitted, 'name' | 'file' | 'out' | 'trials' | 'jobs' | 'command'> & {
  readonly out?: string
  readonly engine: Engine
  readonly jobs?: number
  readonly command?: string
  readonly only?: readonly string[]
}

export function register(program: Command): void {
  const command = program
    .command('study')
    .summary('run every trial of a study file, and report')
    .description(
      'Runs every trial of the study that a file exports by default, and writes report.html. Ctrl-C stops after the current step; --resume goes on.',
    )
    .argument('<file>', 'a TypeScript file: export default study({ ... })')
    .option('--jobs <n>', 'trials at a time (default: 1)', whole('--jobs'))
    .option('--resume', 'go on with the study in --out; failed trials are tried again')
    .option(
      '--from <file>',
      'trials that were run elsewhere and are not run again: what facet report -o FILE.json wrote',
    )
    .option('--data <path>', 'folder of the data (default: where the study says)')
    .option('--out <dir>', 'folder of the results (default: out/NAME)')
    .option(
      '--only <text>',
      'only trials with this text in their name or id; repeat for more, of which each has all',
      words,
    )
    .option(
      '--family <name>',
      'only trials that decide the primary hypotheses, or the secondary ones',
      oneOf('--family', families),
    )
    .option('--limit-gb <x>', 'start no trial while the folder holds more gigabytes', positive('--limit-gb'), 10)
    .option('--plan', 'run nothing: say what the study costs and what it can see')
    .option('--pilot <path>', 'with --plan: folder or JSON of trials that are there (default: --out, if there are any)')
    .option('--trial <id>', 'run this one trial in this process, as on a cluster')
    .addOption(new Option('--worker', 'run the trials whose ids a runner sends').hideHelp())
    .action(run)
  command
    .command('submit')
    .summary('print what runs the study on a cluster')
    .description(
      'Prints a Slurm job array (for sbatch) or a Kubernetes Indexed Job (for kubectl apply -f -) with a task for each trial that --out has no result of.',
    )
    .argument('<file>', 'a study file')
    .requiredOption('--engine <name>', 'slurm or kubernetes', oneOf('--engine', engines))
    .option('--data <path>', 'folder of the data, as the tasks see it (default: where the study says)')
    .option('--out <dir>', 'folder that the tasks share (default: out/NAME)')
    .option('--jobs <n>', 'tasks at a time (default: 8)', whole('--jobs'))
    .option(
      '--command <words>',
      'what starts facet in a task (default: node and the path of this facet; kubernetes: of the Dockerfile)',
    )
    .option(
      '--only <text>',
      'only trials with this text in their name or id; repeat for more, of which each has all',
      words,
    )
    .option('--cpus <n>', 'processors of a task', whole('--cpus'), 2)
    .option('--memory <size>', 'memory of a task, as the engine writes it: 8G, 8Gi (kubernetes: 4Gi unless given)')
    .option('--gpus <n>', 'GPUs of a task, for slurm also by type: 1, a100:1')
    .option(
      '--grace <seconds>',
      'between the signal to stop and the end: time to save a checkpoint',
      whole('--grace'),
      60,
    )
    .option('--time <limit>', 'slurm: --time of a task, such as 4:00:00')
    .option('--output <file>', 'slurm: --output of the tasks, such as logs/%A_%a.log')
    .option('--partition <name>', 'slurm: --partition')
    .option(
      '--array <n>',
      'slurm: most tasks of one array, at most MaxArraySize; more trials are several arrays',
      whole('--array'),
      1000,
    )
    .option('--sbatch <option>', 'slurm: any further option, such as --sbatch=--account=vision; may be repeated', words)
    .option('--image <name>', 'kubernetes: container image', 'facet')
    .option('--workdir <path>', 'kubernetes: working directory in the container', '/app')
    .option('--claim <name>', 'kubernetes: claim of the shared volume, mounted at --out', 'facet-study')
    .option('--data-claim <name>', 'kubernetes: claim of a volume with the data, mounted at --data for reading')
    .option('--namespace <name>', 'kubernetes: namespace of the job')
    .option('--retries <n>', 'kubernetes: times that a trial is tried again', whole('--retries', 0), 3)
    .option('--ttl <seconds>', 'kubernetes: after which a finished job is removed', whole('--ttl', 0), 604_800)
    // Both commands have --out and --jobs: commander gives those of the first to it alone where they stand before a name.
    .action((file: string, _: SubmitOptions, self: Command) => {
      const options: SubmitOptions = self.optsWithGlobals()
      const { engine } = options
      for (const other of engines)
        for (const name of other === engine ? [] : linesOf[other])
          if (self.getOptionValueSource(name) === 'cli')
            throw new UsageError(`${flag(name)} is for --engine ${other}: ${engine} has no line for it`)
      return submit(file, options)
    })
}

interface Loaded extends Expansion {
  readonly study: Study
  readonly name: string
}

async function loadStudy(file: string): Promise<Loaded> {
  const { default: study } = await exportsOf(file)
  if (!isStudy(study))
    throw new UsageError(`${file} exports no study: export default study({ ... }) of facet-tensor/models`)
  const name = study.name ?? basename(file).replace(/(\.study)?\.[cm]?ts$/, '')
  return { study, name, ...expand(study) }
}
const folderOf = ({ name }: Loaded, out: string | undefined): string => out ?? `out/${name}`
const families = ['primary', 'secondary'] as const satisfies readonly Hypothesis['family'][]
const picked = (trials: readonly Trial[], only: readonly string[] = []): readonly Trial[] => {
  const found = trials.filter(trial => only.every(text => `${trial.id} ${trialName(trial)}`.includes(text)))
  if (found.length === 0)
    throw new UsageError(`no trial has ${only.join(' and ')} in its name or id: ${trialName(trials[0]!)} is one`)
  return found
}

/** What `--family` and `--only` leave: hypotheses, and the trials that decide them. */
function chosen(
  { study: { hypotheses = [] }, name, trials }: Loaded,
  { family, only }: Options,
): Pick<Expansion, 'trials'> & { readonly hypotheses: readonly Hypothesis[] } {
  if (family === undefined) return { trials: picked(trials, only), hypotheses }
  const found = hypotheses.filter(hypothesis => hypothesis.family === family)
  if (found.length === 0) throw new UsageError(`--family ${family}: ${name} has no ${family} hypothesis`)
  return { trials: picked(decisive(found, trials), only), hypotheses: found }
}

/** Results of trials of the study that were run elsewhere. */
function resultsIn(file: string, { name, trials }: Loaded): TrialResult[] {
  const ids = new Set(trials.map(({ id }) => id))
  const found = readGathered(file).results.filter(({ trial }) => ids.has(trial.id))
  if (found.length === 0) throw new UsageError(`--from ${file} holds no trial of ${name}`)
  return found
}

async function run(file: string, options: Options): Promise<void> {
  const loaded = await loadStudy(file)
  const out = folderOf(loaded, options.out)
  if (options.plan && options.from !== undefined)
    throw new UsageError('--plan runs nothing: give the trials of --from by --pilot')
  if (options.plan) return printPlan(loaded, out, options)
  if (options.pilot !== undefined) throw new UsageError('--pilot is for --plan: give both, or neither')
  if (options.from !== undefined && options.trial !== undefined)
    throw new UsageError('--from takes trials as run, and --trial runs one: give one of both')
  checkFolder('--out', out)
  const { study, ...rest } = loaded
  const record = { ...rest, ...(study.hypotheses && { hypotheses: study.hypotheses }) }
  const place = { study, from: dirname(resolve(file)), out, ...(options.data && { data: options.data }) }
  if (options.trial !== undefined) {
    const trial = trialOf(file, loaded, options.trial)
    // On a cluster there is no runner that writes it, and why a trial has failed.
    await writeStudy(out, record)
    try {
      checkData(place)
      return await workOnce(trialsOf(place), trial)
    } catch (error) {
      await writeFailure(out, { id: trial.id, reason: explain(error).text })
      throw error
    }
  }
  checkData(place)
  if (options.worker) return work(trialsOf(place), id => trialOf(file, loaded, id))
  const before = finished(out).size
  if (before > 0 && !options.resume)
    throw new UsageError(`${out} holds ${before} finished trials: add --resume to go on, or give another --out`)
  const { trials } = chosen(loaded, options)
  const elsewhere = options.from === undefined ? [] : resultsIn(options.from, loaded)
  await writeStudy(out, record)
  const here = finished(out)
  for (const result of elsewhere) if (!here.has(result.trial.id)) await writeResult(out, result)
  console.log(describe(loaded, trials.length))
  await interruptible(async signal => {
    const table = studyTable({ total: trials.length, done: trials.filter(({ id }) => finished(out).has(id)).length })
    const { jobs = 1, limitGb } = options
    const outcome = await runTrials({
      trials,
      out,
      jobs,
      command: [launcher, 'study', file, '--worker', '--out', out, ...(options.data ? ['--data', options.data] : [])],
      limit: limitGb * 1e9,
      signal,
      table,
    })
    table.end()
    const report = finished(out).size > 0 ? `, ${await writeReport(out)} written` : ''
    console.log(`${outcome.done} done, ${outcome.failed} failed, ${outcome.left} left${report}`)
    if (outcome.full)
      throw new UsageError(
        `${out} holds more than ${limitGb} GB: remove what is not needed, such as weights, or give a higher --limit-gb`,
      )
    if (outcome.failed > 0) process.exitCode = 1
  })
}

async function printPlan(loaded: Loaded, out: string, options: Options): Promise<void> {
  const { name, study } = loaded
  const { pilot, jobs = 1 } = options
  const from = pilot ?? (finished(out).size > 0 ? out : undefined)
  const { trials, hypotheses } = chosen(loaded, options)
  const seeds = study.seeds.length
  // First of all: what reads a pilot takes seconds to load, on a busy machine minutes.
  console.log(`${name}: ${trials.length} trials, ${seeds} seeds`)
  if (from !== undefined) process.stderr.write(`facet: reading the pilot in ${from}\n`)
  const { readStudyData } = await import('./study/page.js')
  const { plan } = await import('./study/plan.js')
  const data = from === undefined ? undefined : readStudyData(from)
  for (const line of plan({ trials: trials.length, seeds, jobs, hypotheses, pilot: data })) console.log(line)
}

async function writeReport(out: string): Promise<string> {
  // Only now: what draws its plots takes a second to load, in each worker too.
  const { writeStudyReport } = await import('./study/page.js')
  return writeStudyReport(out)
}

function trialOf(file: string, { trials }: Loaded, id: string): Trial {
  const trial = trials.find(trial => trial.id === id)
  if (!trial) throw new UsageError(`${file} has no trial ${id}: facet study submit prints the ids`)
  return trial
}

/** Without `npx` and a shell around it, which do not pass on that the task is to stop. */
const commands: Record<Engine, () => string> = {
  slurm() {
    const path = relative('.', launcher)
    return `node ${quoted(path.startsWith('..') ? launcher : path)}`
  },
  kubernetes: () => 'node node_modules/facet-tensor/cli/facet.mjs',
}

async function submit(file: string, { engine, only, ...given }: SubmitOptions): Promise<void> {
  const loaded = await loadStudy(file)
  const out = folderOf(loaded, given.out)
  const trials = picked(loaded.trials, only).filter(({ id }) => !finished(out).has(id))
  if (trials.length === 0) throw new UsageError(`every trial has its result in ${out}: facet report ${out}`)
  const { jobs = 8, command = commands[engine]() } = given
  const ids = trials.map(({ id }) => id)
  process.stdout.write(
    submission(engine, { ...given, name: loaded.name, file: relative('.', file), out, trials: ids, jobs, command }),
  )
}

/** An option that may be repeated. */
const words = (word: string, before: readonly string[] = []): readonly string[] => [...before, word]

function describe({ name, trials, leftOut }: Loaded, chosen: number): string {
  const some = chosen < trials.length ? `, of which ${chosen} are run` : ''
  return [`${name}: ${trials.length} trials${some}`, ...leftOutLines(leftOut)].join('\n')
}

/** Combinations that are refused for the same reason on one line. */
export function leftOutLines(leftOut: readonly LeftOut[]): string[] {
  const reasons = new Map<string, string[]>()
  for (const { method, augmentation, flow, reason } of leftOut) {
    const key = `${augmentation}, flow ${flow}: ${reason}`
    reasons.set(key, [...(reasons.get(key) ?? []), method])
  }
  return [...reasons].map(([reason, methods]) => `left out, ${methods.join(' and ')} with ${reason}`)
}
