import { synthetic } from '../../models/data/synthetic.js'
import { pretrain } from '../../models/pretrain.js'
import { changed, recipe as named } from '../../models/recipes.js'
import { openDevice } from '../../runtime/node.js'
const set = synthetic({ size: 16, train: 2000, test: 500 })
for (const arg of process.argv.slice(2)) {
  const [name, ...sets] = arg.split(',')
  const device = await openDevice({ adapter: 'cpu' })
  const w: string[] = []
  const { session, losses, before, after, trainSeconds } = await pretrain(device, { set, recipe: changed(named(`${name}-small`), Object.fromEntries(sets.map(s => s.split('=')))), seed: 1 }, { warning: s => w.push(s) })
  const m = (a: number, b: number) => losses.slice(a, b).reduce((s, [, l]) => s + l, 0) / (b - a)
  console.log(arg, 'knn', before?.scores?.knn, after?.scores?.knn, 'lin', before?.scores?.linear, after?.scores?.linear, 'loss', m(0, 10).toFixed(3), m(90, 110).toFixed(3), m(480, 500).toFixed(3), trainSeconds.toFixed(0) + 's', w.join())
  session.destroy(); device.destroy()
}
