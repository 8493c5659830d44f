import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadBundle, openDevice } from 'facet-tensor/runtime'
import { images } from './data.js'
import { type Model, train } from './train.js'

test('the loss falls, and features are finite', async () => {
  const device = await openDevice({ adapter: 'cpu' })
  const session = await loadBundle<Model>(device, 'public/model.facet', { seed: 1 })
  const losses: number[] = []
  for await (const { loss } of train(session, 60)) losses.push(loss)
  assert.ok(losses.at(-1)! < losses[0]! - 0.1, losses.join(' '))
  const { features } = await session.call('embed', { images: images(0) })
  assert.equal(features.length, 64 * 64)
  assert.ok(features.every(Number.isFinite))
  device.destroy()
})
