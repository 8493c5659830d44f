/**
 * A study on a cluster: the text of a Slurm job array or of a Kubernetes Indexed Job, one task per trial. Every task runs the
 * command that `facet study` runs, and leaves its result in a folder that all of them share.
 */
import { UsageError } from '../errors.js'

export const engines = ['slurm', 'kubernetes'] as const
export type Engine = (typeof engines)[number]

/** What every line of the scripts can be set to; nothing is asked for where an option is left out, but for the defaults. */
export interface SubmitOptions {
  readonly name: string
  /** The study file and the shared folder, as the tasks see them. */
  readonly file: string
  readonly out: string
  readonly data?: string
  /** What starts `facet`, as words of a shell: the program itself, so that it is what a signal of the cluster reaches. */
  readonly command: string
  /** Ids of the trials. */
  readonly trials: readonly string[]
  /** Tasks at a time. */
  readonly jobs: number
  readonly cpus: number
  readonly memory?: string
  readonly gpus?: string
  /** Seconds between the signal to stop and the end. */
  readonly grace: number
  /** Slurm: limit of time, file for output, most tasks of one array, and any further lines. */
  readonly time?: string
  readonly output?: string
  readonly partition?: string
  readonly array: number
  readonly sbatch?: readonly string[]
  /** Kubernetes: container image and working directory in it, claims of the volumes. */
  readonly image: string
  readonly workdir: string
  readonly claim: string
  readonly dataClaim?: string
  readonly namespace?: string
  /** Kubernetes: times that a trial may fail, and seconds after which a finished job is removed. */
  readonly retries: number
  readonly ttl: number
}

/** What only one engine has lines for. */
export const linesOf: Record<Engine, readonly (keyof SubmitOptions)[]> = {
  slurm: ['time', 'output', 'partition', 'array', 'sbatch'],
  kubernetes: ['image', 'workdir', 'claim', 'dataClaim', 'namespace', 'retries', 'ttl'],
}

/** The text to give to `sbatch` or to `kubectl apply -f -`. */
export function submission(engine: Engine, options: SubmitOptions): string {
  check(engine, options)
  return { slurm, kubernetes }[engine](options)
}

/** How an engine writes a value, and a value as it does. */
type Written = readonly [RegExp, string]
const DNS: Written = [/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'lower case letters, digits, dots and dashes: facet-study']
const written: Record<Engine, Partial<Record<keyof SubmitOptions, Written>>> = {
  slurm: {
    memory: [/^\d+([kmgt]b?)?$/i, 'a number with K, M, G or T for slurm: 8G'],
    gpus: [/^([\w.-]+:)?\d+$/, 'a number of GPUs, for slurm also by type: 1, a100:1'],
    time: [/^(\d+(:\d+){0,2}|\d+-\d+(:\d+){0,2}|unlimited|infinite)$/i, 'minutes, h:m:s or d-h:m:s: 90, 4:00:00, 2-0'],
    partition: [/^[^\s,]+(,[^\s,]+)*$/, 'names with commas between: gpu'],
    output: [/./, 'a file: logs/%A_%a.log'],
  },
  kubernetes: {
    memory: [/^\d+(\.\d+)?([kMGTPE]|[KMGTPE]i)?$/, 'a number with Mi, Gi, M or G for kubernetes: 8Gi'],
    gpus: [/^\d+$/, 'a number of GPUs for kubernetes: 1'],
    image: [/^\S+$/, 'the name of an image: registry/facet:1'],
    claim: DNS,
    dataClaim: DNS,
    namespace: [/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'lower case letters, digits and dashes: vision'],
  },
}

/** Refuses what would be another script than the one that was meant, or one that the engine refuses when it is too late. */
function check(engine: Engine, options: SubmitOptions): void {
  for (const [name, value] of Object.entries(options))
    for (const text of [value].flat()) {
      // Of the study's name, `label` leaves what both take.
      if (typeof text !== 'string' || name === 'name') continue
      const option = name === 'file' ? 'the path of the study' : flag(name)
      // A line of its own would be run, or read as an option of the engine.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those are refused.
      if (/[\x00-\x1f\x7f]/.test(text))
        throw new UsageError(`${option} holds a line break or another control character: ${JSON.stringify(text)}`)
      const [pattern, says] = written[engine][name as keyof SubmitOptions] ?? []
      if (pattern && !pattern.test(text)) throw new UsageError(`${option} takes ${says}, got "${text}"`)
    }
  for (const line of options.sbatch ?? [])
    if (!/^-/.test(line)) throw new UsageError(`--sbatch takes an option of sbatch, got "${line}": --sbatch=--${line}`)
}

/** As the command line writes an option. */
export const flag = (name: string): string => `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`

function slurm(options: SubmitOptions): string {
  const { name, out, command, trials, jobs, cpus, memory, gpus, grace, time, output, partition, array } = options
  const chunks = Math.ceil(trials.length / array)
  const lines = [
    `--job-name=${label(name)}`,
    `--array=0-${Math.min(array, trials.length) - 1}%${jobs}`,
    `--cpus-per-task=${cpus}`,
    memory && `--mem=${memory}`,
    gpus && `--gres=gpu:${gpus}`,
    time && `--time=${time}`,
    partition && `--partition=${partition}`,
    output && `--output=${sbatchWord(output)}`,
    '--requeue',
    `--signal=B:TERM@${grace}`,
    ...(options.sbatch ?? []),
  ].filter(Boolean)
  // An array may not have more tasks than the cluster's MaxArraySize: further ones are jobs of their own, which differ in a word.
  const more =
    chunks < 2
      ? ''
      : `# ${trials.length} trials in ${chunks} arrays of at most ${array}. Submit each: for i in ${Array.from({ length: chunks }, (_, i) => i).join(' ')}; do sbatch FILE $i; done
first=$(( \${1:-0} * ${array} + SLURM_ARRAY_TASK_ID ))
[ "$first" -lt ${trials.length} ] || exit 0
`
  return `#!/bin/sh
${lines.map(line => `#SBATCH ${line}`).join('\n')}
# One task per trial. What a task that is stopped has trained is kept: submit the same file again to go on.
# When all have finished: ${command} report ${quoted(out)}
${more}${pick(chunks < 2 ? '$SLURM_ARRAY_TASK_ID' : '$first', trials)}
exec ${command} ${task(options)}
`
}

function kubernetes(options: SubmitOptions): string {
  const { name, out, data, command, trials, jobs, cpus, memory, gpus, grace, image, workdir, claim, dataClaim } =
    options
  for (const [option, path] of [
    ['--out', out],
    ['--data', data],
    ['--workdir', workdir],
  ])
    if (path !== undefined && !path.startsWith('/') && !(option === '--data' && path === 'synthetic'))
      throw new UsageError(
        `${option} ${path} must be an absolute path for kubernetes, as the containers see it: /${path}`,
      )
  for (const [option, path] of [['--out', out], ...(dataClaim === undefined ? [] : [['--data', data] as const])])
    if (path !== undefined && (/^\/+$/.test(path) || path.includes(':')))
      throw new UsageError(`${option} ${path} is no folder that a volume can be mounted at: /shared is one`)
  if (dataClaim !== undefined && data === out)
    throw new UsageError(`--out and --data are both ${out}, where two volumes cannot be mounted`)
  if (dataClaim !== undefined && data === undefined)
    throw new UsageError(`--data-claim ${dataClaim} needs --data, the path that it is mounted at`)
  const text = JSON.stringify
  const requests = `cpu: ${text(String(cpus))}, memory: ${text(memory ?? '4Gi')}`
  const limits = [`memory: ${text(memory ?? '4Gi')}`, ...(gpus ? [`nvidia.com/gpu: ${text(gpus)}`] : [])].join(', ')
  return `apiVersion: batch/v1
kind: Job
metadata:
  name: ${label(name, 63 - `-${trials.length - 1}`.length)}
${options.namespace === undefined ? '' : `  namespace: ${text(options.namespace)}\n`}spec:
  # One pod per trial. A pod that is replaced goes on from the checkpoint of the last.
  completionMode: Indexed
  completions: ${trials.length}
  parallelism: ${Math.min(jobs, trials.length)}
  backoffLimitPerIndex: ${options.retries}
  maxFailedIndexes: ${trials.length}
  ttlSecondsAfterFinished: ${options.ttl}
  podFailurePolicy:
    rules:
      # Bad input (exit code 2) is the same the next time.
      - action: FailIndex
        onExitCodes: { containerName: trial, operator: In, values: [2] }
      # A pod that had to go, as of a node that is drained, has not failed.
      - action: Ignore
        onPodConditions: [{ type: DisruptionTarget, status: "True" }]
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: ${grace}
      # So that facet is not process 1, which hears no stop before it listens: one that comes while Node starts ends it.
      shareProcessNamespace: true
      containers:
        - name: trial
          image: ${text(image)}
          workingDir: ${text(workdir)}
          command: [/bin/sh, -c]
          args:
            - |
              ${pick('$JOB_COMPLETION_INDEX', trials).split('\n').join('\n              ')}
              exec ${command} ${task(options)}
          resources:
            requests: { ${requests} }
            limits: { ${limits} }
          volumeMounts:
            - { name: shared, mountPath: ${text(out)} }
${dataClaim === undefined ? '' : `            - { name: data, mountPath: ${text(data)}, readOnly: true }\n`}      volumes:
        - name: shared
          persistentVolumeClaim: { claimName: ${text(claim)} }
${dataClaim === undefined ? '' : `        - name: data\n          persistentVolumeClaim: { claimName: ${text(dataClaim)}, readOnly: true }\n`}`
}

const task = ({ file, out, data }: SubmitOptions): string =>
  `study ${quoted(file)} --trial "$1" --out ${quoted(out)}${data === undefined ? '' : ` --data ${quoted(data)}`}`
/** Makes `$1` the id of the task's trial. */
const pick = (index: string, trials: readonly string[]): string =>
  `set -- \\\n${trials.map(id => `  ${id}`).join(' \\\n')}\nshift "${index}"`

/** A name as Kubernetes and Slurm both take it. The name of an Indexed Job and the index of a task are a pod's host name together. */
const label = (name: string, longest = 63): string =>
  `facet-${name}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longest)
    .replace(/-$/, '')
/** A value in a line of `#SBATCH`, which has no quotes but these. */
const sbatchWord = (text: string): string => (/[\s"]/.test(text) ? `"${text.replaceAll('"', '\\"')}"` : text)
/** A word of a shell. */
export const quoted = (text: string): string =>
  /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
