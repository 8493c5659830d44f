/**
 * The lock file lists the packages of every platform: `npm ci` refuses one that an install elsewhere has thinned out. And
 * `npm ci` has nothing to warn of on the oldest Node that `engines` names.
 */
import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

interface Locked {
  readonly optionalDependencies?: Record<string, string>
  readonly resolved?: string
  readonly engines?: { readonly node?: string }
  readonly hasInstallScript?: boolean
}
const read = (name: string) => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'))
const { packages } = read('package-lock.json') as { packages: Record<string, Locked> }

test('optional packages of all platforms are locked', () => {
  const names = new Set(Object.keys(packages).map(path => path.split('node_modules/').at(-1)))
  const missing = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies).filter(name => !names.has(name)),
  )
  assert.equal(
    missing,
    [],
    'add their entries to package-lock.json (version, os, cpu, optional) as the others have them',
  )
})

test('no address of a registry is locked', () => {
  assert.equal(
    Object.entries(packages).flatMap(([path, { resolved }]) => (resolved ? [path] : [])),
    [],
  )
})

/** Does a range of versions (`^20.19.0 || >=22.12.0`) hold this one? */
function admits(range: string, version: readonly number[]): boolean {
  return range.split('||').some(alternative => {
    const [, sign, least] = /^\s*(>=|\^)\s*([\d.]+)\s*$/.exec(alternative) ?? assert.unreachable(`a range ${range}`)!
    const numbers = least!.split('.').map(Number)
    if (sign === '^' && numbers[0] !== version[0]) return false
    const at = version.findIndex((part, i) => part !== (numbers[i] ?? 0))
    return at < 0 || version[at]! > (numbers[at] ?? 0)
  })
}

test('no package asks for a newer Node than this one does', () => {
  const oldest = packages['']!.engines!.node!.slice('>='.length).split('.').map(Number)
  const newer = Object.entries(packages).filter(([, { engines }]) => engines?.node && !admits(engines.node, oldest))
  assert.equal(
    newer.map(([path, { engines }]) => `${path} asks for ${engines!.node}`),
    [],
    'npm ci warns of it. naga-wasm asks for 24.12 and runs on 20.19, as the tests of WGSL show: its engines are left out of package-lock.json',
  )
})

test('every install script is allowed or denied, so that npm asks nobody', () => {
  const { allowScripts } = read('package.json') as { allowScripts: Record<string, boolean> }
  const scripts = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript)
  assert.equal(
    scripts.map(([path]) => path.split('node_modules/').at(-1)),
    Object.keys(allowScripts).sort(),
    'allowScripts of package.json: false where the package works without its script',
  )
})

test.run()
