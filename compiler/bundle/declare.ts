/**
 * The declarations of a bundle: inputs and outputs with exact shapes, as types that need neither the compiler nor the
 * runtime. `typeof import(...)` of the file is what `loadBundle` takes.
 */
import type { Described, Manifest } from './manifest.js'

/** The text of `types.d.ts`. */
export function declarations({ name, sizes, entries }: Pick<Manifest, 'name' | 'sizes' | 'entries'>): string {
  const bound = Object.entries(sizes).map(([size, value]) => `${size} = ${value}`)
  const lines = [`/** Entries of ${JSON.stringify(name)}${bound.length ? `, ${bound.join(', ')}` : ''}. */`]
  const exported: string[] = []
  for (const [entry, { inputs, outputs }] of Object.entries(entries)) {
    if (entry === 'init') continue
    const local = `entry${exported.length}`
    lines.push(
      `declare const ${local}: {`,
      `  readonly inputs: ${record(inputs)}`,
      `  readonly outputs: ${record(outputs)}`,
      '}',
    )
    exported.push(`${local} as ${quoted(entry)}`)
  }
  return `${[...lines, '', `export { ${exported.join(', ')} }`].join('\n')}\n`
}

/** A name as TypeScript writes it: in quotes only where it is no identifier. */
const quoted = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name))

function record(tensors: readonly Described[]): string {
  if (tensors.length === 0) return '{}'
  const rows = tensors.map(
    ({ name, dtype, shape }) =>
      `    readonly ${quoted(name)}: { readonly dtype: '${dtype}'; readonly shape: readonly [${shape.join(', ')}] }`,
  )
  return ['{', ...rows, '  }'].join('\n')
}
