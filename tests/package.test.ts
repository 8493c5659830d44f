/** The lock file lists the packages of every platform: `npm ci` refuses one that an install elsewhere has thinned out. */
import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

interface Locked {
  readonly optionalDependencies?: Record<string, string>
  readonly resolved?: string
}
const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
  packages: Record<string, Locked>
}

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

test.run()
