/** A name that `facet` and `facet/models` both have is one thing. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as facet from '../../compiler/index.js'
import * as models from '../../models/index.js'

test('no name means two things', () => {
  const [one, two]: Record<string, unknown>[] = [facet, models]
  assert.equal(
    Object.keys(one!).filter(name => name in two! && one![name] !== two![name]),
    [],
  )
})
test.run()
