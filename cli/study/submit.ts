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

/** The text to give to `sbatch` or to `kubectl apply -f -`. */
export const submission: Record<Engine, (options: SubmitOptions) => string> = { slurm, kubernetes }

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
    output && `--output=${output}`,
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
  if (dataClaim !== undefined && data === undefined)
    throw new UsageError(`--data-claim ${dataClaim} needs --data, the path that it is mounted at`)
  const text = JSON.stringify
  const requests = `cpu: ${text(String(cpus))}, memory: ${text(memory ?? '4Gi')}`
  const limits = [`memory: ${text(memory ?? '4Gi')}`, ...(gpus ? [`nvidia.com/gpu: ${text(gpus)}`] : [])].join(', ')
  return `apiVersion: batch/v1
kind: Job
metadata:
  name: ${label(name)}
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

/** A name as Kubernetes and Slurm both take it. */
const label = (name: string): string =>
  `facet-${name}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/-$/, '')
/** A word of a shell. */
export const quoted = (text: string): string =>
  /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
