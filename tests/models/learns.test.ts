/**
 * Methods learn: short runs on drawn shapes, on the processor. Neighbours of frozen features are of the same class more often than with
 * the first weights, and the monitors see no collapse.
 */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { synthetic } from '../../models/data/synthetic.js'
import { pretrain } from '../../models/pretrain.js'
import { changed, type MethodName, small } from '../../models/recipes.js'
import { openDevice } from '../../runtime/node.js'

const set = synthetic({ size: 16, train: 640, test: 320 })
const runs: Partial<Record<MethodName, Record<string, string | number>>> = {
  densecl: {},
  tico: {},
  wmse: {},
  swav: { queue: 256 },
  siglip: {},
}
for (const [name, changes] of Object.entries(runs))
  test(`${name} learns`, async () => {
    const device = await openDevice({ adapter: 'cpu' })
    const warnings: string[] = []
    const recipe = changed(small(name as MethodName, { width: 8 }), { warmup: 1, ...changes })
    const options = { set, recipe, steps: 100, seed: 1 }
    const { session, before, after } = await pretrain(device, options, { warning: said => warnings.push(said) })
    const [knn, was] = [after!.scores!.knn, before!.scores!.knn]
    assert.equal(warnings, [])
    assert.ok(knn > was + 0.02, `kNN accuracy went from ${was} to ${knn}`)
    session.destroy()
    device.destroy()
  })

test.run()
