/**
 * What the two encoders of the study's primary comparison are worth on other tasks: kNN, a linear probe and fine-tuning on Caltech-101,
 * and a detector of blood cells (BCCD) that starts from them. It was not registered, so that it is exploration. It takes the weights that
 * the study keeps of these trials in its folder, of the seeds whose two are there; what is done already is not done again.
 *
 * ```sh
 * npx tsx examples/study/confirm/downstream.ts --study out/confirm --cifar PATH --caltech PATH --bccd PATH
 * ```
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { estimate, type Trial } from 'facet-tensor/models'

const { values } = parseArgs({
  options: {
    study: { type: 'string', default: 'out/confirm' },
    cifar: { type: 'string' },
    caltech: { type: 'string' },
    bccd: { type: 'string' },
    out: { type: 'string', default: 'out/downstream' },
  },
})
const { study, cifar, caltech, bccd, out } = values
if (!cifar || !caltech || !bccd || !existsSync(join(study, 'study.json'))) {
  console.error(
    'downstream.ts needs the folder of the study and three of data: --study, --cifar, --caltech and --bccd PATH',
  )
  process.exit(2)
}
mkdirSync(out, { recursive: true })

const weightsOf = ({ id }: Trial): string => join(study, 'weights', id)
const { trials, hypotheses } = JSON.parse(readFileSync(join(study, 'study.json'), 'utf8'))
const [{ method, imageAugmentation, augmentation }] = hypotheses
const kept: Trial[] = trials.filter(
  (trial: Trial) =>
    trial.method === method && trial.imageAugmentation === imageAugmentation && existsSync(weightsOf(trial)),
)
const pairs = [...new Set(kept.map(({ seed }) => seed))].flatMap(seed => {
  const [none, noise] = ['none', augmentation].map(wanted =>
    kept.find(trial => trial.seed === seed && trial.augmentation === wanted),
  )
  return none && noise ? [{ seed, none, noise }] : []
})
if (pairs.length === 0) {
  console.error(
    `${study} holds the weights of no pair yet: run facet study examples/study/confirm/study.ts --family primary`,
  )
  process.exit(2)
}

const launcher = fileURLToPath(new URL('../../../cli/facet.mjs', import.meta.url))
/** What the command writes into `file`, now or when it was run before. */
function facet(file: string, ...args: string[]) {
  const json = join(out, file)
  if (!existsSync(json)) {
    const { status } = spawnSync(process.execPath, [launcher, ...args, '--json', json], { stdio: 'inherit' })
    if (status !== 0) process.exit(status ?? 1)
  }
  return JSON.parse(readFileSync(json, 'utf8'))
}

/** What is measured of an encoder, in per cent. */
function measured(trial: Trial): Record<string, number> {
  const weights = weightsOf(trial)
  const protocols = ['--protocol', 'knn,transfer', '--transfer', caltech!]
  const { knn, transfer } = facet(
    `${trial.id}.transfer.json`,
    'evaluate',
    weights,
    '--data',
    cifar!,
    ...protocols,
  ).scores
  const found = facet(`${trial.id}.detect.json`, 'detect', weights, '--data', bccd!, '--seed', `${trial.seed}`)
    .results[0]
  return {
    'CIFAR-10, kNN': 100 * knn.accuracy,
    'Caltech-101, kNN': 100 * transfer.knn,
    'Caltech-101, linear probe': 100 * transfer.linear,
    'Caltech-101, fine-tuned': 100 * transfer.finetune,
    'BCCD, AP': 100 * found.precision.ap,
    'BCCD, AP50': 100 * found.precision.ap50,
  }
}

const rows = pairs.map(({ none, noise }) => [measured(none), measured(noise)] as const)
const seeds = pairs.map(({ seed }) => seed).join(', ')
const shown = (value: number): string => value.toFixed(1)
console.log(`\n| measure | none | noise on the target | difference, 95 % |\n| --- | ---: | ---: | --- |`)
for (const name of Object.keys(rows[0]![0])) {
  const { mean, low, high } = estimate(rows.map(([none, noise]) => noise[name]! - none[name]!))
  const means = [0, 1].map(i => shown(estimate(rows.map(row => row[i]![name]!)).mean))
  console.log(`| ${[name, ...means, `${shown(mean)} [${shown(low)}, ${shown(high)}]`].join(' | ')} |`)
}
console.log(`\nSeeds ${seeds}.`)
