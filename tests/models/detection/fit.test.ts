/** A small detector as a whole: it finds the rectangles it was trained on, and starts from the weights it is given. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { fitDetector } from '../../../models/detection/fit.js'
import { convnet } from '../../../models/encoders/convnet.js'
import { closeTestDevice, testDevice } from '../../device.js'
import { rectangles } from './rectangles.js'

const normalize = { mean: [0.4, 0.4, 0.4], std: [0.2, 0.2, 0.2] } as const
const set = rectangles({ size: 32, train: 32, test: 8, seed: 3 })

test('a few steps find most of the rectangles of the training images', async () => {
  const { precision } = await fitDetector(await testDevice(), {
    set: { ...set, test: set.train },
    encoder: convnet({ width: 4, stages: 3 }),
    sites: ['stage2', 'stage3'],
    channels: 8,
    convolutions: 1,
    normalize,
    steps: 100,
    batch: 8,
    learningRate: 0.005,
    seed: 1,
  })
  assert.ok(precision.ap50 > 0.5, `AP50 is ${precision.ap50}`)
})

test.after(closeTestDevice)
test.run()
