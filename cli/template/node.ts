/** Training in Node: `npm start`, or `npm start -- 500` for another number of steps. */
import { loadBundle, openDevice } from 'facet-tensor/runtime'
import { type Model, train } from './train.js'

const device = await openDevice()
console.log(`on ${device.adapter.name}`)
const session = await loadBundle<Model>(device, 'public/model.facet', { seed: 1 })
for await (const { step, loss } of train(session, Number(process.argv[2] ?? 200)))
  console.log(`step ${step}: loss ${loss.toFixed(4)}`)
device.destroy()
