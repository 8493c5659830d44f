/** A few hundred mutated files of every format; `npm run fuzz:files` does ten thousand. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { fuzzFiles } from './files.js'

test('mutated files are read or refused, quickly, by typed errors that name them', async () => {
  const results = await fuzzFiles(2700, 1)
  assert.equal(
    Object.values(results).flatMap(({ problems }) => problems),
    [],
  )
  for (const [name, { refused }] of Object.entries(results))
    assert.ok(refused > 30, `only ${refused} of ${name} were refused`)
})

test.run()
