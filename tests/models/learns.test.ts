/**
 * Methods learn: short runs on drawn shapes, on the processor. Losses end below what they are for a network that says the same of every
 * image (or of every patch), and the monitors see no collapse.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { synthetic } from '../../models/data/synthetic.js'
import { pretrain } from '../../models/pretrain.js'
import { changed, type MethodName, small } from '../../models/recipes.js'
import { openDevice } from '../../runtime/node.js'

const [BATCH, STEPS, QUEUE, PROTOTYPES] = [64, 80, 256, 64]
const set = synthetic({ size: 16, train: 640, test: 10 })
interface Run {
  /** Default `STEPS`. */
  readonly steps?: number
  readonly changes?: Record<string, string | number>
  /** The loss of a network that says the same of all. */
  readonly same: number
}
/** Cross-entropy of an even guess among so many. */
const even = (count: number) => Math.log(count)
const runs: Partial<Record<MethodName, Run>> = {
  densecl: { changes: { queue: QUEUE }, same: even(1 + QUEUE) },
  // Unit rows that are all equal: their covariance approaches 1, of which rho is 8.
  tico: { same: 8 * (1 - 0.9 ** STEPS) },
  // Rows that have nothing to do with each other.
  wmse: { same: 2 },
  // Every pair is said to belong together with probability 1 / N.
  siglip: { steps: 120, same: even(BATCH) - (BATCH - 1) * Math.log(1 - 1 / BATCH) },
  msn: { changes: { depth: 2, prototypes: PROTOTYPES }, same: even(PROTOTYPES) },
  ibot: { changes: { depth: 2, prototypes: PROTOTYPES }, same: 2 * even(PROTOTYPES) },
  dinov2: { changes: { depth: 2, prototypes: PROTOTYPES }, same: 2 * even(PROTOTYPES) },
  // Standardized patches of 48 numbers, told to be 0.
  mae: { changes: { depth: 2 }, same: 47 / 48 },
  // Standardized features, told to be 0: the Huber loss of normal numbers.
  ijepa: { changes: { depth: 2 }, same: 0.425 },
}
for (const [name, { steps = STEPS, changes, same }] of Object.entries(runs))
  test(`${name} learns`, async () => {
    const device = await openDevice({ adapter: 'cpu' })
    const warnings: string[] = []
    const recipe = changed(small(name as MethodName, { width: 8 }), { batch: BATCH, ...changes })
    const options = { set, recipe, steps, seed: 1, evaluate: false }
    const { session, losses } = await pretrain(device, options, { warning: said => warnings.push(said) })
    session.destroy()
    device.destroy()
    const last = losses.slice(-10).reduce((sum, [, loss]) => sum + loss, 0) / 10
    assert.equal(warnings, [])
    assert.ok(last < 0.97 * same, `${name} ends at ${last}, and a network that says the same of all has ${same}`)
  })

test.run()
