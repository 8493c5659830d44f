/** What is given to a cluster, as text. */
import { spawnSync } from 'node:child_process'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { type SubmitOptions, submission } from '../../cli/study/submit.js'
import { expand } from '../../models/study/trials.js'
import { inProcess } from '../cli/command.js'
import { run } from '../runtime/process.js'
import { check } from './job.schema.js'
import tiny from './tiny.js'

const options: SubmitOptions = {
  name: "Noise & masks, '26",
  file: 'studies/noise.ts',
  out: "/shared/noise '26",
  command: 'node facet.mjs',
  trials: ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'],
  jobs: 2,
  cpus: 2,
  grace: 60,
  array: 1000,
  image: 'registry/facet:1',
  workdir: '/app',
  claim: 'shared',
  retries: 3,
  ttl: 3600,
}

test('a Slurm job array', () => {
  assert.is(
    submission('slurm', {
      ...options,
      memory: '8G',
      gpus: 'a100:1',
      time: '4:00:00',
      output: 'logs/%A_%a.log',
      sbatch: ['--account=vision'],
    }),
    `#!/bin/sh
#SBATCH --job-name=facet-noise-masks-26
#SBATCH --array=0-2%2
#SBATCH --cpus-per-task=2
#SBATCH --mem=8G
#SBATCH --gres=gpu:a100:1
#SBATCH --time=4:00:00
#SBATCH --output=logs/%A_%a.log
#SBATCH --requeue
#SBATCH --signal=B:TERM@60
#SBATCH --account=vision
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

test('more trials than an array may have tasks are several arrays, each trial in one of them', () => {
  const script = submission('slurm', { ...options, array: 2, command: 'echo' })
  assert.match(script, /^#SBATCH --array=0-1%2$/m)
  const ran = [0, 1].flatMap(chunk =>
    [0, 1].map(task => {
      const env = { ...process.env, SLURM_ARRAY_TASK_ID: `${task}` }
      const { stdout, status } = spawnSync('sh', ['-s', `${chunk}`], { input: script, env, encoding: 'utf8' })
      assert.is(status, 0)
      return /--trial (\w+)/.exec(stdout)?.[1]
    }),
  )
  assert.equal(ran, [...options.trials, undefined])
})

test('a Kubernetes Indexed Job is one by the published schema, with all that can be set', () => {
  const plain = parse(submission('kubernetes', options))
  const full = parse(
    submission('kubernetes', {
      ...options,
      data: '/data',
      dataClaim: 'cifar',
      gpus: '1',
      memory: '8Gi',
      namespace: 'vision',
    }),
  )
  for (const manifest of [plain, full]) assert.equal(check(manifest), [])
  const wrong: [unknown, RegExp][] = [
    [{ paralelism: 2 }, /^the manifest\.spec has paralelism, which there is not$/],
    [{ completions: '3' }, /^the manifest\.spec\.completions is string, not integer$/],
    [{ completionMode: 'indexed' }, /completionMode is indexed, not one of NonIndexed, Indexed$/],
    [{ template: undefined }, /^the manifest\.spec\.template is undefined, not an object$/],
    [{ podFailurePolicy: { rules: [{}] } }, /^the manifest\.spec\.podFailurePolicy\.rules\[0\] has no action$/],
  ]
  for (const [change, says] of wrong)
    assert.match(check({ ...plain, spec: { ...plain.spec, ...(change as object) } }).join(), says)
  const { metadata, spec } = full
  assert.equal(metadata, { name: 'facet-noise-masks-26', namespace: 'vision' })
  assert.equal([spec.completions, spec.parallelism, spec.ttlSecondsAfterFinished], [3, 2, 3600])
  assert.equal(spec.podFailurePolicy.rules[0].onExitCodes.values, [2])
  const { containers, volumes, terminationGracePeriodSeconds } = spec.template.spec
  assert.is(terminationGracePeriodSeconds, 60)
  assert.equal(containers[0].resources.limits, { memory: '8Gi', 'nvidia.com/gpu': '1' })
  assert.equal(containers[0].volumeMounts, [
    { name: 'shared', mountPath: "/shared/noise '26" },
    { name: 'data', mountPath: '/data', readOnly: true },
  ])
  assert.is(volumes.length, 2)
  const script = containers[0].args[0].replace('exec node facet.mjs', 'exec echo')
  const env = { ...process.env, JOB_COMPLETION_INDEX: '1' }
  assert.is(
    spawnSync('sh', ['-c', script], { env, encoding: 'utf8' }).stdout,
    "study studies/noise.ts --trial bbbbbbbbbbbb --out /shared/noise '26 --data /data\n",
  )
})

test('containers have no folder that paths could be relative to', () => {
  assert.throws(
    () => submission('kubernetes', { ...options, out: 'out/noise' }),
    /--out out\/noise must be an absolute path/,
  )
  assert.throws(() => submission('kubernetes', { ...options, data: 'cifar' }), /--data cifar must be an absolute path/)
})

test('values are what the engine takes, and no lines of their own', () => {
  const refused: ['slurm' | 'kubernetes', Partial<SubmitOptions>, RegExp][] = [
    ['slurm', { out: '/x\ntouch y' }, /^--out holds a line break .*: "\/x\\ntouch y"$/],
    ['slurm', { command: 'node\rx' }, /^--command holds a line break/],
    ['slurm', { sbatch: ['--account=a', '--x\n#'] }, /^--sbatch holds a line break/],
    ['slurm', { sbatch: ['account=a'] }, /^--sbatch takes an option of sbatch, got "account=a": --sbatch=--account=a$/],
    ['slurm', { memory: 'lots' }, /^--memory takes a number .* for slurm: 8G, got "lots"$/],
    ['slurm', { memory: '8Gi' }, /^--memory takes/],
    ['slurm', { gpus: 'many' }, /^--gpus takes a number of GPUs/],
    ['slurm', { time: 'soon' }, /^--time takes minutes/],
    ['slurm', { output: '' }, /^--output takes a file/],
    ['kubernetes', { out: '/x', gpus: 'a100:1' }, /^--gpus takes a number of GPUs for kubernetes: 1, got "a100:1"$/],
    ['kubernetes', { out: '/x', memory: '8GB' }, /^--memory takes/],
    ['kubernetes', { out: '/x', image: '' }, /^--image takes the name/],
    ['kubernetes', { out: '/x', claim: 'My claim' }, /^--claim takes lower case/],
    ['kubernetes', { out: '/x', data: '/d', dataClaim: 'd_' }, /^--data-claim takes lower case/],
    ['kubernetes', { out: '/x', namespace: 'a.b' }, /^--namespace takes lower case/],
    ['kubernetes', { out: '/' }, /^--out \/ is no folder that a volume can be mounted at/],
    ['kubernetes', { out: '/x', data: '/x', dataClaim: 'd' }, /^--out and --data are both \/x/],
  ]
  for (const [engine, change, says] of refused) assert.throws(() => submission(engine, { ...options, ...change }), says)
  for (const time of ['90', '90:30', '4:00:00', '2-0', '2-12:30', '2-12:30:00', 'UNLIMITED'])
    assert.match(submission('slurm', { ...options, time }), new RegExp(`^#SBATCH --time=${time}$`, 'm'))
  for (const memory of ['8G', '512Mi', '1.5Gi', '1000000000'])
    assert.is(
      parse(submission('kubernetes', { ...options, memory })).spec.template.spec.containers[0].resources.limits.memory,
      memory,
    )
  assert.match(submission('slurm', { ...options, output: 'my logs/%A.log' }), /^#SBATCH --output="my logs\/%A.log"$/m)
})

test('the host name of the last task of an Indexed Job is no longer than a label of DNS', () => {
  for (const count of [3, 12, 120]) {
    const trials = Array.from({ length: count }, (_, n) => `${n}`)
    const { metadata } = parse(submission('kubernetes', { ...options, name: 'noise '.repeat(20), trials }))
    assert.match(`${metadata.name}-${count - 1}`, /^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/)
  }
})

test('tasks are told where the data are', () => {
  const text = submission('slurm', { ...options, data: '/shared/cifar 10' })
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

test('what another engine has lines for is refused', async () => {
  for (const [engine, ...args] of [
    ['kubernetes', '--time', '4:00:00'],
    ['kubernetes', '--sbatch=--account=x'],
    ['slurm', '--retries', '3'],
    ['slurm', '--data-claim', 'x'],
  ] as const) {
    const submit = ['study', 'submit', 'tests/study/tiny.ts', '--engine', engine, '--out', '/x', ...args]
    const { code, stderr } = await inProcess(...submit)
    const other = engine === 'slurm' ? 'kubernetes' : 'slurm'
    assert.is(code, 2)
    assert.match(stderr, new RegExp(`${args[0].split('=')[0]} is for --engine ${other}: ${engine} has no line for it`))
  }
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
