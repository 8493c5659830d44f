/** `facet new`: what is refused, and that the template compiles and trains. `tests/package/projects` installs and runs one. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { main } from '../../cli/create.js'
import { type Model, train } from '../../cli/template/train.js'
import { loadBundle, openDevice } from '../../runtime/node.js'
import { inProcess } from './command.js'

const template = fileURLToPath(new URL('../../cli/template', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'facet-new-'))
test.after(() => rmSync(folder, { recursive: true }))

const read = (path: string): string => readFileSync(path, 'utf8')
const json = (path: string) => JSON.parse(read(path))

test('a project has the name of its folder, and every file of the template', async () => {
  const made = join(folder, 'my-model')
  const { code, stdout } = await inProcess('new', made)
  assert.is(code, 0)
  // Of a checkout, whose packages are on no registry.
  const [, checkout] = /npm pack (.+)\n +npm install \.\/facet-tensor-[\d.]+\.tgz\n +npm run dev/.exec(stdout)!
  assert.is(resolve(made, checkout!), resolve(template, '../..'))
  const files = (path: string) => readdirSync(path, { recursive: true, encoding: 'utf8' }).sort()
  assert.equal(
    files(made),
    files(template)
      .map(file => file.replace(/^gitignore$/, '.gitignore'))
      .sort(),
  )
  assert.is(json(join(made, 'package.json')).name, 'my-model')
  for (const file of files(made).filter(file => file.includes('.')))
    assert.not.match(read(join(made, file)), 'facet-project')
})

test('a folder that git made is empty', async () => {
  const made = join(folder, 'cloned')
  mkdirSync(join(made, '.git'), { recursive: true })
  assert.is((await inProcess('new', made)).code, 0)
})

writeFileSync(join(folder, 'file'), '')
for (const [name, sentence] of [
  ['My Model', /"My Model" cannot be the name of a project: take lower-case letters/],
  ['.hidden', /cannot be the name of a project/],
  ['vite', /a project cannot be called vite, which is a package that it uses/],
  ['fs', /a project cannot be called fs/],
  ['my-model', /my-model is not empty: it has \.gitignore/],
  ['file', /file is a file: give a folder that is not there yet/],
] as const)
  test(`${name} is refused`, async () => {
    const { code, stderr } = await inProcess('new', join(folder, name))
    assert.is(code, 2)
    assert.match(stderr, sentence)
  })

test('no folder, two folders and an option are refused', async () => {
  assert.is((await inProcess('new')).code, 2)
  assert.is((await inProcess('new', '')).code, 2)
  const { write } = process.stderr
  const said: string[] = []
  process.stderr.write = (text: string | Uint8Array): boolean => said.push(`${text}`) > 0
  try {
    for (const argv of [[], ['a', 'b'], ['--fast']]) assert.is(main(argv), 2)
  } finally {
    process.stderr.write = write
  }
  assert.ok(
    said.every(line => /^create-facet-tensor: .*: npm create facet-tensor my-model\n$/.test(line)),
    said.join(''),
  )
  assert.not.ok(existsSync('a'))
})

test('it asks for this version, and for the packages that the tree is tested with', () => {
  const library = json(fileURLToPath(new URL('../../package.json', import.meta.url)))
  const { dependencies, devDependencies } = json(join(template, 'package.json'))
  assert.equal(dependencies, { [library.name]: library.version })
  const tested = Object.keys(devDependencies).map(name => [name, library.devDependencies[name]])
  assert.equal(devDependencies, Object.fromEntries(tested))
})

test('its model compiles to the declarations that are there, and trains', async () => {
  const bundle = join(folder, 'model.facet')
  assert.is((await inProcess('compile', join(template, 'model.ts'), '--target', 'cpu', '-o', bundle)).code, 0)
  assert.fixture(read(`${bundle}.d.ts`), read(join(template, 'public/model.facet.d.ts')))
  const device = await openDevice({ adapter: 'cpu' })
  const losses: number[] = []
  for await (const { loss } of train(await loadBundle<Model>(device, bundle, { seed: 1 }), 60)) losses.push(loss)
  device.destroy()
  assert.ok(losses.at(-1)! < losses[0]! - 0.1, losses.join(' '))
})

test.run()
