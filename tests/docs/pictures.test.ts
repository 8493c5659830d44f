/** Pictures of the guide are what their scripts draw; every operator of feature augmentation has one, and is shown. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type OperatorName, operatorNames, operators } from '../../models/augment/operators/index.js'
import { openDevice } from '../../runtime/node.js'
import { pictures } from '../../site/pictures/architecture.js'
import { picture } from '../../site/pictures/operators.js'
import { root, textOf } from './markdown.js'

const folder = join(root, 'site/guide/pictures')
const again = 'run npx tsx site/pictures/operators.ts and npx tsx site/pictures/architecture.ts'

test('the guide shows every operator by its name, its function and its picture', () => {
  const page = textOf('site/guide/04-feature-augmentation.md')
  const shown = [
    ...page.matchAll(/^\| !\[([\w-]+)\]\(pictures\/operators\/([\w-]+)\.svg\)\s*\| `([\w-]+)`<br>`(\w+)`/gm),
  ]
  assert.equal(shown.map(([, name]) => name).sort(), [...operatorNames].sort())
  for (const [, name, file, said, made] of shown) {
    assert.equal([file, said], [name, name])
    assert.is(operators[name as OperatorName].name, made)
  }
})

test('pictures of operators are what the operators make', async () => {
  const device = await openDevice({ adapter: 'cpu', threads: 1 })
  // One of each kind: all of them take a minute.
  for (const name of ['gaussian', 'mixstyle', 'tokens', 'extrapolate', 'synco', 'isda'] as const)
    assert.is(readFileSync(join(folder, 'operators', `${name}.svg`), 'utf8'), await picture(device, name), again)
  device.destroy()
})

test('the picture of the architecture is what its script draws', () => {
  for (const [file, text] of Object.entries(pictures)) assert.is(readFileSync(join(folder, file), 'utf8'), text, again)
})

test.run()
