/** Files of the user that commands import: what is wrong with one is one sentence about it, and exit code 2. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { adapter, run } from '../runtime/process.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const project = mkdtempSync(join(tmpdir(), 'facet-load-'))
test.after(() => rmSync(project, { recursive: true }))
mkdirSync(join(project, 'node_modules'))
symlinkSync(root, join(project, 'node_modules/facet-tensor'))
mkdirSync(join(project, 'folder.ts'))
symlinkSync('nowhere.ts', join(project, 'dangling.ts'))

const MODULE = `
import { entry, sum } from 'facet-tensor'
import { study } from 'facet-tensor/models'
export const step = entry({ x: [2, 4] }, ({ x }) => ({ y: sum(x) }))
export default study({
  data: 'synthetic', methods: ['simclr'], augmentations: [], flows: ['full'], imageAugmentations: ['ladder-crop'],
  seeds: [1], budget: { steps: 1, images: 40, batch: 8, size: 8, width: 2 }, evaluate: ['knn'],
})`
const files: Record<string, [content: string, sentence: RegExp]> = {
  'plain.ts': [MODULE, /^plain\.ts is a CommonJS module to Node: put "type": "module" into the package\.json/],
  'named.cts': [MODULE, /^named\.cts is a CommonJS module to Node, which cannot load Facet: .*\.mts$/],
  'required.cjs': [
    `require('facet-tensor/models')`,
    // Node can, where Facet is built: 'npm run build', or a package.
    /^required\.cjs (is a CommonJS module to Node, which cannot load Facet|exports no study: )/,
  ],
  'broken.mts': ['export const step = {', /^broken\.mts cannot be loaded: .*broken\.ts:1:21: ERROR: /],
  'missing.mts': [
    `import './nothing.js'`,
    /^missing\.mts cannot be loaded: Error: Cannot find module .*nothing\.js.* \(missing\.mts:1\)$/,
  ],
  'throws.mts': [
    `throw new TypeError('mine')`,
    /^throws\.mts cannot be loaded: TypeError: mine \(.*throws\.mts:1:7\)$/,
  ],
  'name.mts': [
    `\nimport { nothing } from 'facet-tensor'\nnothing()`,
    /^name\.mts cannot be loaded: SyntaxError: .* export named 'nothing' \(name\.mts:2\)$/,
  ],
  'package.mts': [`\nimport 'no-such-package'`, /Cannot find package 'no-such-package' .* \(package\.mts:2\)$/],
  'spent.mts': [
    MODULE.replace(/ budget: \{.*?\},/, ''),
    /^the study has no budget: give one, such as \{ steps: 500 \}\.$/,
  ],
  'says.mts': [`throw 'a word'`, /^says\.mts cannot be loaded: it throws a word$/],
  'other.mts': ['export const x = 3', /^other\.mts exports no study: /],
  'facet.mts': [
    `import { augment, operators } from 'facet-tensor/models'\naugment({ operator: operators.gaussian(), at: 'pooled', strength: -1 })`,
    /^.*gaussian.* -1/,
  ],
  'folder.ts': ['', /^folder\.ts is a folder: give a TypeScript file$/],
  'dangling.ts': ['', /^dangling\.ts does not exist$/],
  'absent.ts': ['', /^absent\.ts does not exist$/],
}
for (const [name, [content]] of Object.entries(files)) if (content) writeFileSync(join(project, name), content)
writeFileSync(join(project, 'package.json'), '{ "name": "mine" }')

const command = (...args: string[]) => run([join(root, 'cli/facet.mjs'), ...args], adapter, project)
test('every command says what is wrong with the file it is given', async () => {
  for (const [name, [, sentence]] of Object.entries(files))
    for (const args of [
      ['study', name, '--out', 'out', '--trial', 'none'],
      ...(['plain.ts', 'throws.mts'].includes(name) ? [['compile', name, '-o', 'out.facet']] : []),
    ]) {
      const { code, stderr } = await command(...args)
      const what = `${args.join(' ')}: ${stderr}`
      assert.is(code, 2, what)
      assert.match(stderr, /^facet: [^\n]+\n$/, what)
      assert.match(stderr.slice('facet: '.length).trim(), sentence, what)
    }
})

const body = (text: string): string =>
  `import { entry, scan, sum } from 'facet-tensor'\nexport const step = entry({ x: [2, 4] }, ${text})\n`
const bodies: Record<string, [content: string, sentence: RegExp]> = {
  'undefined.mts': [
    body('({ x }) => ({ y: foo(x) })'),
    /^undefined\.mts:2:\d+ throws ReferenceError: foo is not defined$/,
  ],
  'deeper.mts': [`export { step } from './undefined.mjs'`, /^undefined\.mts:2:\d+ throws ReferenceError/],
  'argument.mts': [body('({ x }) => ({ y: scan(x.rows, x, x) })'), /^scan takes a function, got undefined$/],
  'symbol.mts': [
    body("({ x }) => ({ y: sum(x, Symbol('axis')) })"),
    /^symbol\.mts:2:\d+ gives Facet what its types do not allow, as npx tsc --noEmit says \(TypeError: .*shape\.ts:/,
  ],
  'nothing.mts': [body('() => undefined'), /^step returns undefined: return tensors by name/],
  'waits.mts': [body('async ({ x }) => ({ x })'), /^step returns a promise: return tensors by name/],
}
test('what goes wrong in the body of an entry is said with its place', async () => {
  for (const [name, [content, sentence]] of Object.entries(bodies)) {
    writeFileSync(join(project, name), content)
    const { code, stderr } = await command('inspect', name)
    assert.is(code, 2, stderr)
    assert.match(stderr, /^facet: [^\n]+\n$/)
    assert.match(stderr.slice('facet: '.length).trim(), sentence)
  }
})

test('the same file is loaded as .mts, and beside a package that says module', async () => {
  writeFileSync(join(project, 'right.mts'), MODULE)
  mkdirSync(join(project, 'module'))
  writeFileSync(join(project, 'module/package.json'), '{ "type": "module" }')
  writeFileSync(join(project, 'module/right.ts'), MODULE)
  for (const name of ['right.mts', 'module/right.ts']) {
    const { code, stderr } = await command('compile', name, '-o', 'right.facet')
    assert.is(code, 0, stderr)
    const trial = await command('study', name, '--out', 'out', '--trial', 'none')
    assert.match(trial.stderr, /has no trial none/)
  }
})

test.run()
