/** One small run in the folder of the first argument, saved after every step; it goes on from what it finds there. */
import { existsSync, readdirSync } from 'node:fs'
import { synthetic } from '../../models/data/synthetic.js'
import { type PretrainOptions, pretrain } from '../../models/pretrain.js'
import { small } from '../../models/recipes.js'
import { checkpoints } from '../../runtime/checkpoint.js'
import { openDevice } from '../../runtime/node.js'

const folder = process.argv[2]!
const resume = existsSync(folder) && readdirSync(folder).some(name => name.endsWith('.safetensors'))
// MoCo: beside weights and momenta it has a momentum network, a queue and the place in it.
const options: PretrainOptions = {
  set: synthetic({ size: 8, train: 40, test: 8 }),
  recipe: { ...small('moco', { width: 2 }), batch: 8, queue: 24, views: 'ladder-crop' },
  steps: 60,
  seed: 5,
  evaluate: false,
  checkpoint: { store: checkpoints(folder), every: { steps: 1 }, resume },
}
await pretrain(await openDevice({ adapter: 'swiftshader' }), options, {
  stage: stage => process.stdout.write(`${stage}\n`),
})
process.exit(0)
