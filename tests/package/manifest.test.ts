/**
 * What package.json, the second package and the lock file say of each other. The lock file lists the packages of every platform: `npm ci` refuses one that an install elsewhere has thinned out. And
 * `npm ci` has nothing to warn of on the oldest Node that `engines` names.
 */
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

interface Locked {
  readonly optionalDependencies?: Record<string, string>
  readonly resolved?: string
  readonly engines?: { readonly node?: string }
  readonly hasInstallScript?: boolean
}
const read = (name: string) => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'))
const { packages } = read('package-lock.json') as { packages: Record<string, Locked> }
const library = read('package.json')

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

test('the command line brings every optional package of the library, in the version that is tested', () => {
  const command = read('packages/cli/package.json')
  assert.is(command.version, library.version)
  assert.equal(command.engines, library.engines)
  const { [library.name]: own, ...others } = command.dependencies
  assert.is(own, library.version)
  const tested = Object.keys(others).map(name => [name, library.devDependencies[name]])
  assert.equal(others, Object.fromEntries(tested))
  const optional = Object.keys(library.peerDependencies)
  assert.equal(optional.sort(), Object.keys(others).sort())
  assert.equal(Object.keys(library.peerDependenciesMeta).sort(), optional.sort())
  for (const [name, range] of Object.entries(library.peerDependencies)) assert.is(range, `^${others[name]}`)
})

test('npm create facet-tensor runs the library of its version', () => {
  const create = read('packages/create/package.json')
  assert.is(create.version, library.version)
  assert.equal(create.engines, library.engines)
  assert.equal(create.dependencies, { [library.name]: library.version })
})

test('in the checkout the entry points are their sources', () => {
  const { paths } = read('tsconfig.json').compilerOptions as { paths: Record<string, string[]> }
  const entries = Object.entries(library.exports as Record<string, string | { default: string }>).flatMap(
    ([subpath, target]) => {
      const file = typeof target === 'string' ? target : target.default
      return file.startsWith('./dist/') ? [[subpath.replace('.', library.name), file] as const] : []
    },
  )
  assert.equal(
    Object.keys(paths),
    entries.map(([name]) => name),
  )
  for (const [name, file] of entries) {
    assert.equal(paths[name], [file.replace('/dist/', '/').replace(/\.js$/, '.ts')])
    assert.ok(existsSync(new URL(`../../${paths[name]![0]}`, import.meta.url)), name)
  }
})

test.run()
