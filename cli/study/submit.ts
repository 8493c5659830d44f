/**
 * A study on a cluster: the text of a Slurm job array or of a Kubernetes Indexed Job, one task per trial. Every task runs the
 * command that `facet study` runs, and leaves its result in a folder that all of them share.
 */
import type { Trial } from '../../models/study/study.js'

export const engines = ['slurm', 'kubernetes'] as const
export type Engine = (typeof engines)[number]

export interface SubmitOptions {
  readonly name: string
  /** The study file and the shared folder, as the tasks see them. */
  readonly file: string
  readonly out: string
  readonly data?: string
  /** What starts `facet`, as words of a shell: the program itself, so that it is what a signal of the cluster reaches. */
  readonly command: string
  readonly trials: readonly Trial[]
  /** Tasks at a time. */
  readonly jobs: number
  /** Kubernetes: the container image, which has the repository as its working directory, and the claim of the shared volume. */
  readonly image: string
  readonly claim: string
}

/** The text to give to `sbatch` or to `kubectl apply -f -`. */
export const submission: Record<Engine, (options: SubmitOptions) => string> = {
  slurm: ({ name, file, out, data, command, trials, jobs }) => `#!/bin/sh
#SBATCH --job-name=${label(name)}
#SBATCH --array=0-${trials.length - 1}%${jobs}
#SBATCH --cpus-per-task=2
#SBATCH --requeue
#SBATCH --signal=B:TERM@60
# One task per trial. What a task that is stopped has trained is kept: submit the same file again to go on.
# When all have finished: ${command} report ${quoted(out)}
${pick('$SLURM_ARRAY_TASK_ID', trials)}
exec ${command} ${task(file, out, data)}
`,
  kubernetes: ({ name, file, out, data, command, trials, jobs, image, claim }) => `apiVersion: batch/v1
kind: Job
metadata:
  name: ${label(name)}
spec:
  # One pod per trial. A pod that is replaced goes on from the checkpoint of the last.
  completionMode: Indexed
  completions: ${trials.length}
  parallelism: ${Math.min(jobs, trials.length)}
  backoffLimitPerIndex: 3
  maxFailedIndexes: ${trials.length}
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 60
      containers:
        - name: trial
          image: ${JSON.stringify(image)}
          command: [/bin/sh, -c]
          args:
            - |
              ${pick('$JOB_COMPLETION_INDEX', trials).split('\n').join('\n              ')}
              exec ${command} ${task(file, out, data)}
          resources:
            requests: { cpu: "2", memory: 4Gi }
          volumeMounts:
            - { name: shared, mountPath: ${JSON.stringify(out)} }
      volumes:
        - name: shared
          persistentVolumeClaim: { claimName: ${JSON.stringify(claim)} }
`,
}

const task = (file: string, out: string, data: string | undefined): string =>
  `study ${quoted(file)} --trial "$1" --out ${quoted(out)}${data === undefined ? '' : ` --data ${quoted(data)}`}`
/** Makes `$1` the id of the task's trial. */
const pick = (index: string, trials: readonly Trial[]): string =>
  `set -- \\\n${trials.map(({ id }) => `  ${id}`).join(' \\\n')}\nshift "${index}"`

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
