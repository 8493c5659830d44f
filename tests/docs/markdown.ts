/** The documents that a reader meets, and the code in them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root: string = fileURLToPath(new URL('../..', import.meta.url))
const markdownIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.md') && !file.includes('node_modules'))
    .map(file => `${folder}/${file}`)
    .sort()
/** The README and the pages of the guide: every snippet of these is compiled, and run. */
export const taught: readonly string[] = ['README.md', ...markdownIn('site/guide')]
/** All documents that hold commands. */
export const documents: readonly string[] = [
  ...taught,
  'CONTRIBUTING.md',
  ...['compiler', 'models', 'examples', 'packages', 'tests'].flatMap(markdownIn),
]
export const textOf = (document: string): string => readFileSync(join(root, document), 'utf8')

export interface Block {
  readonly language: string
  /** What stands after the language: `alone`, `rejected`, ... */
  readonly words: readonly string[]
  readonly code: string
  /** Of its first line of code, from 1. */
  readonly line: number
}
/** The fenced blocks of a document. */
export const blocksOf = (text: string): Block[] =>
  [...text.matchAll(/^```(\w+)([^\n]*)\n(.*?)^```$/gms)].map(({ 1: language, 2: words, 3: code, index }) => ({
    language: language!,
    words: words!.trim().split(/\s+/).filter(Boolean),
    code: code!,
    line: text.slice(0, index).split('\n').length + 1,
  }))
