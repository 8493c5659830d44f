/** One pretraining loop for images and recordings: tones of a few frequencies are pretrained on as pictures are. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parseAugmentations } from '../../models/augment/parse.js'
import type { AudioSet, AudioSplit } from '../../models/data/audio.js'
import { generator } from '../../models/data/random.js'
import { domainOf } from '../../models/domains.js'
import { pretrain } from '../../models/pretrain.js'
import { changed, small } from '../../models/recipes.js'
import { BadInput } from '../../runtime/errors.js'
import { closeTestDevice, testDevice } from '../device.js'

test.after(closeTestDevice)

const [SAMPLES, RATE, CLASSES] = [1024, 8000, 3]
/** Tones of a pitch per class, with a phase and a loudness of their own. */
function tones(count: number, seed: number): AudioSplit {
  const random = generator(seed)
  const labels = Uint8Array.from({ length: count }, (_, i) => i % CLASSES)
  const waveforms = new Float32Array(count * SAMPLES)
  for (let i = 0; i < count; i++) {
    const [pitch, phase, loudness] = [220 * 2 ** labels[i]!, random() * 2 * Math.PI, 0.2 + 0.5 * random()]
    for (let t = 0; t < SAMPLES; t++)
      waveforms[i * SAMPLES + t] = loudness * Math.sin((2 * Math.PI * pitch * t) / RATE + phase)
  }
  return { waveforms, labels, count }
}
const set: AudioSet = {
  name: 'tones',
  train: tones(48, 1),
  test: tones(24, 2),
  samples: SAMPLES,
  rate: RATE,
  classes: ['low', 'middle', 'high'],
}

for (const method of ['simclr', 'supervised'] as const)
  test(`${method} pretrains the 1-D encoder, with feature augmentation, and is evaluated`, async () => {
    const recipe = changed(small(method, { width: 4, encoder: 'convnet1d' }), { batch: 16, steps: 4 })
    const augment = parseAugmentations('gaussian@pooled:cosine=0.95')
    const { losses, before, after, session, label } = await pretrain(await testDevice(), {
      set,
      recipe,
      augment,
      seed: 1,
    })
    session.destroy()
    assert.equal(
      losses.map(([step]) => step),
      [1, 2, 3, 4],
    )
    assert.ok(losses.every(([, loss]) => Number.isFinite(loss)))
    assert.match(label, new RegExp(`^${method} \\+ gaussian\\(cosine 0.95\\) at pooled`))
    for (const { scores, train, test } of [before!, after!]) {
      assert.ok(scores!.knn >= 0 && scores!.knn <= 1)
      assert.equal([train.count, test.count, train.width], [48, 24, 32])
    }
  })

test('a recipe of the other domain is a sentence', () => {
  assert.throws(
    () => domainOf(set, 'simsiam-cifar'),
    (error: unknown) =>
      error instanceof BadInput &&
      error.message === 'tones are recordings: views of them are made by the recipe speech',
  )
})

test.run()
