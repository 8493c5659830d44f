/** Every program of `rejected.ts` is refused, with the message that stands in `rejected.expected.txt`. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { golden } from '../golden.js'
import { typeCheck } from './compiler.js'

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))
const lines = readFileSync(here('rejected.ts'), 'utf8').split('\n')
const first = lines.findIndex(line => /^\/\/ -{20}/.test(line)) + 1

/** The statements below the line: first line, text, and what is said about them. */
const programs = lines.flatMap((line, at) => {
  if (at < first || !/^\w/.test(line)) return []
  const after = lines.slice(at + 1).findIndex(next => /^\w|^\/\/|^$/.test(next))
  return [
    { start: at + 1, end: at + 1 + after, text: lines.slice(at, at + 1 + after).join('\n'), said: [] as string[] },
  ]
})

const elsewhere: string[] = []
let current = elsewhere
for (const line of (await typeCheck(here('tsconfig.rejected.json'))).trimEnd().split('\n')) {
  const [, file, row, message] = /^(.*)\((\d+),\d+\): error TS\d+: (.*)$/.exec(line) ?? []
  if (file) {
    const program = programs.find(({ start, end }) => start <= Number(row) && Number(row) <= end)
    current = file.endsWith('rejected.ts') && program ? program.said : elsewhere
    current.push(message!)
  } else current.push(line)
}
const withoutPaths = (text: string) => text.replace(/import\("[^"]*"(, \{[^)]*\})?\)\./g, '')

test('nothing else is refused', () => assert.equal(elsewhere, []))
test('every program is refused', () => {
  assert.ok(programs.length > 40, `only ${programs.length} programs were found`)
  assert.equal(
    programs.filter(({ said }) => said.length === 0).map(({ text }) => text),
    [],
  )
})
test('the messages are the ones a user should read', () => {
  const text = programs.map(({ text, said }) => `${text}\n${said.map(line => `    ${line}`).join('\n')}\n`).join('\n')
  golden('rejected.expected.txt', withoutPaths(text), import.meta.url)
})
test.run()
