/** The bundle in a page. It imports the runtime and no compiler; the bundle comes by URL. */
import { loadBundle, openDevice } from 'facet-tensor/runtime'
import { type Model, work } from './work.js'

const show = (text: string): void => void (document.body.textContent = text)
try {
  const device = await openDevice()
  const session = await loadBundle<Model>(device, 'simsiam.facet', {
    seed: 1,
    onProgress: ({ stage, done, total }) => show(`${stage} ${done} of ${total}`),
  })
  const { losses, features } = await work(session, 5)
  show(JSON.stringify({ losses, features }))
} catch (error) {
  show((error as Error).message) // no WebGPU, a damaged bundle, ...: a sentence that says what to do
}
