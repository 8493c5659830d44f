/** The bundle in Node: `npx tsx node.ts`. */
import { loadBundle, openDevice } from 'facet-tensor/runtime'
import { type Model, work } from './work.js'

const device = await openDevice()
const session = await loadBundle<Model>(device, 'public/simsiam.facet', { seed: 1 })
const { losses, features } = await work(session, 5)
console.log(`losses ${losses.map(loss => loss.toFixed(6)).join(' ')}`)
console.log(
  `features ${features
    .slice(0, 4)
    .map(value => value.toFixed(6))
    .join(' ')} ...`,
)
device.destroy()
