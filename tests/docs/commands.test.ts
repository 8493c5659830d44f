/** Commands that documents name exist: scripts of `npm run`, commands of `facet` with their options, files that are run. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { build } from '../../cli/facet.js'
import { blocksOf, documents, root, textOf } from './markdown.js'

interface Line {
  readonly document: string
  readonly text: string
}
/** Lines of shell snippets, comments and continuations taken away. */
const lines: readonly Line[] = documents.flatMap(document =>
  blocksOf(textOf(document))
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => code.replace(/\\\n/g, ' ').split('\n'))
    .flatMap(line => line.replace(/(^|\s)#.*/, '').split('&&'))
    .map(text => ({ document, text: text.trim() }))
    .filter(({ text }) => text),
)

/** Of a project beside this one, which has scripts and files of its own. */
const ownProject = (document: string): boolean => /09-bundles|packages\/create/.test(document)

test('scripts of npm run are in package.json', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const missing = lines.filter(({ text, document }) => {
    if (ownProject(document)) return false
    const name = /npm run (?:--silent )?([\w:-]+)/.exec(text)?.[1]
    return name && !scripts[name]
  })
  assert.equal(missing, [])
})

test('files that node and tsx run are there', () => {
  const missing = lines.filter(({ text, document }) => {
    const file = /(?:npx tsx|node(?: --import tsx)?) ([\w./-]+\.(?:ts|mjs))/.exec(text)?.[1]
    return file && !existsSync(join(root, file)) && !ownProject(document)
  })
  assert.equal(missing, [])
})

test('commands of facet have the options that documents give them', async () => {
  const wrong: string[] = []
  for (const { document, text } of lines) {
    const [, words] = /\bfacet(?:\.mjs)? ((?:help )?[a-z].*)/.exec(text) ?? []
    if (!words || /npm (install|pack)|facet\//.test(text.slice(0, text.indexOf(words)))) continue
    const given = words.split(/\s+/)
    const program = await build(given)
    let command: Command | undefined = program.commands.find(each => each.name() === given[0])
    if (given[1] && command) command = command.commands.find(each => each.name() === given[1]) ?? command
    if (!command) wrong.push(`${document}: ${text}: facet has no command ${given[0]}`)
    for (const option of given.filter(word => /^--?[a-z]/.test(word) && word !== '--help'))
      if (command && !command.options.some(({ long, short }) => [long, short].includes(option.split('=')[0]!)))
        wrong.push(`${document}: ${text}: ${given[0]} has no option ${option}`)
  }
  assert.equal(wrong, [])
})

test('no document makes a reader run a package of npm that is not ours', () => {
  const risky = documents.flatMap(document =>
    textOf(document)
      .split('\n')
      .filter(line => /npx (?!--no-install )facet\b/.test(line))
      .map(line => `${document}: ${line}`),
  )
  assert.equal(risky, [])
})

test.run()
