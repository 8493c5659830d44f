/**
 * For Vite, in this repository: pages are made of the sources of `facet-tensor`, which nobody built. Where the package is installed,
 * a page needs none of this.
 */
import { fileURLToPath } from 'node:url'
import { sourceOf } from '../cli/sources.mjs'
import packageJson from '../package.json' with { type: 'json' }

const { name, exports } = packageJson
export const sources = Object.keys(exports).flatMap(subpath => {
  const specifier = subpath.replace('.', name)
  const source = sourceOf(specifier, ['browser', 'default'])
  const replacement = source?.endsWith('.ts') ? fileURLToPath(new URL(`../${source}`, import.meta.url)) : undefined
  return replacement ? [{ find: new RegExp(`^${specifier}$`), replacement }] : []
})
