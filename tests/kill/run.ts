/** `npm run test:kill -- --count 50 [--seed S]`: see `kill.ts`; exit code 1 if a run could not go on or came to other numbers. */
import { parseArgs } from 'node:util'
import { killing } from './kill.js'

const { values } = parseArgs({
  options: { count: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } },
})
const { kills, finished, early, between } = await killing(Number(values.count), Number(values.seed), line =>
  console.log(line),
)
console.log(
  `${kills} kills (${early} before the first checkpoint, ${between} between two renames): every run went on, and ${finished} that came to their end have the bits of one never killed`,
)
