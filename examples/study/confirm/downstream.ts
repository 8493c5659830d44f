/**
 * What the two encoders of the study's primary comparison are worth on other tasks: kNN, a linear probe and fine-tuning on Caltech-101,
 * and a detector of blood cells (BCCD) that starts from them. It was not registered, so that it is exploration. Both encoders of a seed
 * are trained as the study trains them; what is done already is not done again.
 *
 * ```sh
 * npx tsx examples/study/confirm/downstream.ts --cifar PATH --caltech PATH --bccd PATH --seeds 101,102,103
 * ```
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { estimate } from '../../../models/study/statistics.js'

const facet = fileURLToPath(new URL('../../../cli/facet.mjs', import.meta.url))
const variants = { none: 'none', noise: 'gaussian@projection:cosine=0.9,branch=target,flow=stopped' }
type Variant = keyof typeof variants

const { values } = parseArgs({
  options: {
    cifar: { type: 'string' },
    caltech: { type: 'string' },
    bccd: { type: 'string' },
    seeds: { type: 'string', default: '101,102,103' },
    out: { type: 'string', default: 'out/downstream' },
  },
})
const { cifar, caltech, bccd, out } = values
if (!cifar || !caltech || !bccd) {
  console.error('downstream.ts needs three folders of data: --cifar PATH --caltech PATH --bccd PATH')
  process.exit(2)
}
mkdirSync(out, { recursive: true })
const seeds = values.seeds.split(',').map(Number)

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'))

/** Runs the command unless the file that it writes last is there. */
function facetTo(file: string, ...args: string[]): void {
  if (existsSync(file)) return
  const { status } = spawnSync(process.execPath, [facet, ...args], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

/** What is measured of an encoder, in per cent. */
function measured(variant: Variant, seed: number): Record<string, number> {
  const folder = join(out, `${variant}-${seed}`)
  const [trained, transferred, detected] = ['results', 'transfer', 'detect'].map(name =>
    join(folder, `${name}.json`),
  ) as [string, string, string]
  const recipe = [
    '--recipe',
    'moco-predictor-small',
    '--set',
    'views=strong-weak-cifar',
    '--width',
    '16',
    '--size',
    '32',
  ]
  const budget = ['--steps', '3750', '--batch', '128', '--seed', `${seed}`]
  facetTo(trained, 'pretrain', '--data', cifar!, '--out', folder, ...recipe, ...budget, '--augment', variants[variant])
  const run = join(folder, dirname(read(trained).runs[0].weights))
  const protocols = ['--protocol', 'knn,transfer', '--transfer', caltech!]
  facetTo(transferred, 'evaluate', run, '--data', cifar!, ...protocols, '--json', transferred)
  facetTo(detected, 'detect', run, '--data', bccd!, '--seed', `${seed}`, '--json', detected)
  const { knn, transfer } = read(transferred).scores
  const [found] = read(detected).results
  return {
    'CIFAR-10, kNN': 100 * knn.accuracy,
    'Caltech-101, kNN': 100 * transfer.knn,
    'Caltech-101, linear probe': 100 * transfer.linear,
    'Caltech-101, fine-tuned': 100 * transfer.finetune,
    'BCCD, AP': 100 * found.precision.ap,
    'BCCD, AP50': 100 * found.precision.ap50,
  }
}

const pairs = seeds.map(seed => ({ none: measured('none', seed), noise: measured('noise', seed) }))
const shown = (value: number): string => value.toFixed(1)
console.log(
  `\n| measure | none | noise on the target | difference, 95 % (${seeds.length} seeds) |\n| --- | ---: | ---: | ---: |`,
)
for (const name of Object.keys(pairs[0]!.none)) {
  const of = (variant: Variant) => pairs.map(pair => pair[variant][name]!)
  const [none, noise] = [of('none'), of('noise')]
  const { mean, low, high } = estimate(noise.map((value, i) => value - none[i]!))
  const interval = `${shown(mean)} [${shown(low)}, ${shown(high)}]`
  console.log(`| ${name} | ${shown(estimate(none).mean)} | ${shown(estimate(noise).mean)} | ${interval} |`)
}
