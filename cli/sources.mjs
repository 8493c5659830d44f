// In a checkout nothing need be built: `facet-tensor/models` is models/index.ts there, where package.json says dist/models/index.js.
import { readFileSync } from 'node:fs'

const { name, exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

/** The source of an entry point, relative to the package: of what its name and subpath stand for, under one of `conditions`. */
export function sourceOf(specifier, conditions) {
  if (specifier !== name && !specifier.startsWith(`${name}/`)) return
  const target = exports[`.${specifier.slice(name.length)}`]
  const file = typeof target === 'object' ? target[Object.keys(target).find(key => conditions.includes(key))] : target
  return file?.replace(/^\.\/dist\/(.*)\.js$/, './$1.ts')
}

/** A hook of `node:module`. */
export function resolve(specifier, context, next) {
  const source = sourceOf(specifier, ['default'])
  return next(source ? new URL(`.${source}`, import.meta.url).href : specifier, context)
}
