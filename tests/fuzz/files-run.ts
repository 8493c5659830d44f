/** `npm run fuzz:files -- --count 10000 [--seed S] [--format NAME]`: see `files.ts`; exit code 1 if anything went wrong. */
import { parseArgs } from 'node:util'
import { fuzzFiles } from './files.js'

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    format: { type: 'string' },
  },
})
const results = await fuzzFiles(Number(values.count), Number(values.seed), values.format)
for (const [name, { read, refused, problems }] of Object.entries(results)) {
  console.log(`${name.padEnd(12)} ${read} read, ${refused} refused, ${problems.length} wrong`)
  for (const problem of problems) console.log(`  ${problem}`)
}
process.exitCode = Object.values(results).some(({ problems }) => problems.length > 0) ? 1 : 0
