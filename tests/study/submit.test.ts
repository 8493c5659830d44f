/** What is given to a cluster, as text. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { submission } from '../../cli/study/submit.js'
import { expand } from '../../models/study/trials.js'
import { run } from '../runtime/process.js'
import tiny from './tiny.js'

const trials = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'].map(id => ({ ...expand(tiny).trials[0]!, id }))
const options = {
  name: "Noise & masks, '26",
  file: 'studies/noise.ts',
  out: "/shared/noise '26",
  command: 'node facet.mjs',
  trials,
  jobs: 2,
  image: 'registry/facet:1',
  claim: 'shared',
}

test('a Slurm job array', () => {
  assert.is(
    submission.slurm(options),
    `#!/bin/sh
#SBATCH --job-name=facet-noise-masks-26
#SBATCH --array=0-2%2
#SBATCH --cpus-per-task=2
#SBATCH --requeue
#SBATCH --signal=B:TERM@60
# One task per trial. What a task that is stopped has trained is kept: submit the same file again to go on.
# When all have finished: node facet.mjs report '/shared/noise '\\''26'
set -- \\
  aaaaaaaaaaaa \\
  bbbbbbbbbbbb \\
  cccccccccccc
shift "$SLURM_ARRAY_TASK_ID"
exec node facet.mjs study studies/noise.ts --trial "$1" --out '/shared/noise '\\''26'
`,
  )
})

test('a Kubernetes Indexed Job', () => {
  assert.is(
    submission.kubernetes(options),
    `apiVersion: batch/v1
kind: Job
metadata:
  name: facet-noise-masks-26
spec:
  # One pod per trial. A pod that is replaced goes on from the checkpoint of the last.
  completionMode: Indexed
  completions: 3
  parallelism: 2
  backoffLimitPerIndex: 3
  maxFailedIndexes: 3
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 60
      containers:
        - name: trial
          image: "registry/facet:1"
          command: [/bin/sh, -c]
          args:
            - |
              set -- \\
                aaaaaaaaaaaa \\
                bbbbbbbbbbbb \\
                cccccccccccc
              shift "$JOB_COMPLETION_INDEX"
              exec node facet.mjs study studies/noise.ts --trial "$1" --out '/shared/noise '\\''26'
          resources:
            requests: { cpu: "2", memory: 4Gi }
          volumeMounts:
            - { name: shared, mountPath: "/shared/noise '26" }
      volumes:
        - name: shared
          persistentVolumeClaim: { claimName: "shared" }
`,
  )
})

test('tasks are told where the data are', () => {
  const text = submission.slurm({ ...options, data: '/shared/cifar 10' })
  assert.match(text, /--out '.*' --data '\/shared\/cifar 10'$/m)
})

test('the command prints it, with the trials of the study', async () => {
  const args = ['cli/facet.mjs', 'study', 'submit', 'tests/study/tiny.ts', '--engine', 'slurm', '--out', 'shared/tiny']
  const { code, stdout, stderr } = await run([...args, '--only', 'seed 2', '--jobs', '3'])
  assert.is(code, 0, stderr)
  assert.match(stdout, /^#SBATCH --array=0-1%3$/m)
  for (const { id, seed } of expand(tiny).trials) assert.is(stdout.includes(id), seed === 2)
  assert.match(stdout, /^exec node cli\/facet\.mjs study tests\/study\/tiny\.ts --trial "\$1" --out shared\/tiny$/m)
})

test('without --jobs as many tasks at a time as its help says', async () => {
  const { stdout } = await run([
    'cli/facet.mjs',
    'study',
    'submit',
    'tests/study/tiny.ts',
    '--engine',
    'slurm',
    '--out',
    'x',
  ])
  assert.match(stdout, /^#SBATCH --array=0-3%8$/m)
})

test.run()
