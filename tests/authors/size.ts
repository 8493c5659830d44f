/**
 * How long the models are beside their twins: lines and characters without comments, blank lines and indentation.
 *
 *     npx tsx tests/authors/size.ts
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface Size {
  readonly lines: number
  readonly characters: number
}
const here = (file: string) => new URL(file, import.meta.url)
const COMMENTS = { ts: /\/\*[\s\S]*?\*\/|\/\/.*$/gm, py: /"""[\s\S]*?"""|#.*$/gm }

function sizeOf(file: string): Size {
  const kind = file.endsWith('.py') ? 'py' : 'ts'
  const lines = readFileSync(here(file), 'utf8')
    .replace(COMMENTS[kind], '')
    .split('\n')
    .map(line => line.trim())
    .filter(Boolean)
  return { lines: lines.length, characters: lines.join('').length }
}

/** By name: the model's size and that of its twin. */
export const sizes: Readonly<Record<string, { facet: Size; pytorch: Size }>> = Object.fromEntries(
  readdirSync(here('.'))
    .filter(file => file.endsWith('.py') && file !== 'reference.py')
    .map(file => {
      const name = file.replace('.py', '').replaceAll('_', '-')
      return [name, { facet: sizeOf(`${name}.ts`), pytorch: sizeOf(file) }]
    }),
)
/** Of all models together, ours by theirs. */
export function ratio(of: keyof Size): number {
  const total = (side: 'facet' | 'pytorch') => Object.values(sizes).reduce((sum, size) => sum + size[side][of], 0)
  return total('facet') / total('pytorch')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, { facet, pytorch }] of Object.entries(sizes))
    console.log(
      `${name.padEnd(20)} lines ${facet.lines} to ${pytorch.lines}, characters ${facet.characters} to ${pytorch.characters}: ${(facet.characters / pytorch.characters).toFixed(2)}`,
    )
  console.log(`all: lines ${ratio('lines').toFixed(2)}, characters ${ratio('characters').toFixed(2)}`)
}
