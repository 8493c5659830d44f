/**
 * Every TypeScript snippet of the README and of the guide is compiled, and runs. The snippets of a page are one program, in the order
 * in which they stand there; what follows the language says more:
 *
 * - `alone`: a program, or a file, of its own
 * - `still`: `alone`, and compiled only: it needs data that nobody has here, or a page
 * - `rejected`: TypeScript must refuse it, by the sentence in its comment `// error: ...`
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { blocksOf, root, taught, textOf } from './markdown.js'

const folder = join(root, 'out/snippets')
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })

interface Program {
  readonly file: string
  readonly runs: boolean
}
/** Programs of a document. A line of code stands in its file on the line that it has in the document. */
function programsOf(document: string): Program[] {
  const name = document.replace(/\W+/g, '-').replace(/-md$/, '')
  const blocks = blocksOf(textOf(document)).filter(({ language }) => language === 'ts')
  const alone = ({ words }: { words: readonly string[] }): boolean => words.includes('alone') || words.includes('still')
  const write = (file: string, blocks: ReturnType<typeof blocksOf>): string => {
    const lines: string[] = []
    for (const { code, line, words } of blocks) {
      const rejected = words.includes('rejected')
      while (lines.length < line - 2) lines.push('')
      lines.push(rejected ? `export const rejected${line} = async () => {` : '', ...code.trimEnd().split('\n'))
      lines.push(rejected ? '}' : '')
    }
    writeFileSync(join(folder, file), `${lines.join('\n')}\nexport {}\n`)
    return file
  }
  const together = blocks.filter(block => !alone(block))
  return [
    ...(together.length ? [{ file: write(`${name}.ts`, together), runs: true }] : []),
    ...blocks.filter(alone).map(block => ({
      file: write(`${name}-${block.line}.ts`, [block]),
      runs: !block.words.includes('still'),
    })),
  ]
}
const programs = taught.flatMap(programsOf)
writeFileSync(
  join(folder, 'tsconfig.json'),
  JSON.stringify({
    extends: '../../tsconfig.json',
    compilerOptions: { noUnusedLocals: false, paths: pathsFromHere() },
    include: ['*.ts'],
    exclude: [],
  }),
)
function pathsFromHere(): Record<string, string[]> {
  const { compilerOptions } = JSON.parse(textOf('tsconfig.json')) as {
    compilerOptions: { paths: Record<string, string[]> }
  }
  return Object.fromEntries(
    Object.entries(compilerOptions.paths).map(([name, files]) => [name, files.map(file => `../../${file}`)]),
  )
}

test('every snippet compiles, but for those that TypeScript must refuse, by their sentence', () => {
  const { stdout } = spawnSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-p', 'out/snippets', '--pretty', 'false'],
    { cwd: root, encoding: 'utf8' },
  )
  const errors = stdout.split(/^(?=\S+\(\d+,\d+\): error)/m).filter(Boolean)
  const wrong: string[] = []
  const refused = new Set<string>()
  const awaited = taught.flatMap(document =>
    blocksOf(textOf(document))
      .filter(({ words }) => words.includes('rejected'))
      .map(({ code, line }) => ({
        at: `${document}:${line}`,
        file: programsFile(document),
        from: line,
        to: line + code.trimEnd().split('\n').length,
        sentence: /\/\/ error: (.*)/.exec(code)?.[1] ?? '(no comment "// error: ..." in it)',
      })),
  )
  for (const error of errors) {
    const [, file, line] = /([\w-]+\.ts)\((\d+),/.exec(error) ?? []
    const block = awaited.find(block => block.file === file && +line! >= block.from && +line! < block.to)
    if (block && error.includes(block.sentence)) refused.add(block.at)
    else if (!block) wrong.push(error)
  }
  assert.equal(wrong, [])
  assert.equal(
    awaited.filter(({ at }) => !refused.has(at)).map(({ at, sentence }) => `${at} is not refused by: ${sentence}`),
    [],
    stdout,
  )
})
function programsFile(document: string): string {
  return `${document.replace(/\W+/g, '-').replace(/-md$/, '')}.ts`
}

for (const { file, runs } of programs)
  if (runs)
    test(`${file} runs`, () => {
      // Of its own folder, so that what it writes is there.
      execFileSync(process.execPath, ['--import', 'tsx', join('out/snippets', file)], {
        cwd: root,
        encoding: 'utf8',
        timeout: 400_000,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, FACET_ADAPTER: 'cpu' },
      })
    })

test.run()
