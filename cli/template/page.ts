/** Training in a page, which has the runtime and no compiler. */
import { loadBundle, openDevice } from 'facet-tensor/runtime'
import { type Model, train } from './train.js'

const STEPS = 500
const status = document.querySelector('#status')!
const curve = document.querySelector('#curve')!

try {
  const device = await openDevice() // WebGPU, or WebAssembly in workers
  const session = await loadBundle<Model>(device, 'model.facet', {
    seed: 1,
    onProgress: ({ stage, done, total }) => (status.textContent = `${stage} ${done} of ${total}`),
  })
  const points: string[] = []
  for await (const { step, loss } of train(session, STEPS)) {
    // SimSiam's loss is a negative cosine: 1 at the top of the chart, -1 at its foot.
    points.push(`${(600 * step) / STEPS},${100 - 100 * loss}`)
    curve.setAttribute('points', points.join(' '))
    status.textContent = `Step ${step} of ${STEPS} on ${device.adapter.name}: loss ${loss.toFixed(3)}`
  }
} catch (error) {
  status.textContent = (error as Error).message // a sentence that says what to do
}
