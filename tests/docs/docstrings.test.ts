/**
 * Every export of the entry points has a docstring, and so has every member of what it is: of an interface, a class, an object type.
 * An editor shows these, and the reference of the site is made of them.
 */
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { API, ModifierFlags, SymbolFlags, type Symbol as TypeScriptSymbol } from 'typescript/unstable/sync'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { root } from './markdown.js'

/** Where the entry points of package.json come from: `dist/compiler/index.js` is built from `compiler/index.ts`. */
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, string | Record<string, string>>
}
const entryPoints = Object.entries(exports).flatMap(([subpath, target]) =>
  Object.values(typeof target === 'string' ? { target } : target)
    .filter(file => file.startsWith('./dist/'))
    .map(file => ({ subpath, file: file.replace(/^\.\/dist\/(.*)\.js$/, '$1.ts') })),
)

const api = new API({ cwd: root })
const project = api.updateSnapshot({ openProjects: [join(root, 'tsconfig.json')] }).getProjects()[0]!
test.after(() => api.close())

/** What the source of an entry point exports, aliases followed. */
function exportsOf(file: string): { name: string; symbol: TypeScriptSymbol }[] {
  const { checker, program } = project
  const module = checker.getSymbolAtLocation(program.getSourceFile(join(root, file))!)!
  return checker.getExportsOfModule(module).map(symbol => ({
    name: symbol.name,
    symbol: symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
  }))
}

const nodesOf = ({ declarations }: TypeScriptSymbol) => declarations.flatMap(handle => handle.resolve(project) ?? [])

/** Members that a user can reach and that are described nowhere else, as what `override` stands before is. */
function membersOf(symbol: TypeScriptSymbol): TypeScriptSymbol[] {
  const kinds = SymbolFlags.Property | SymbolFlags.Method | SymbolFlags.Accessor
  const hidden = ModifierFlags.Private | ModifierFlags.Protected | ModifierFlags.Override
  const described =
    symbol.flags & SymbolFlags.TypeAlias ? project.checker.getDeclaredTypeOfSymbol(symbol).getSymbol() : symbol
  // A variable of a type that has a name of its own has no members of its own.
  return [...(described?.getMembers().values() ?? [])].filter(
    member =>
      member.flags & kinds &&
      nodesOf(member).every(node => !('modifierFlags' in node && (node.modifierFlags as number) & hidden)),
  )
}

/** The place of a symbol without a word. */
function bare(name: string, symbol: TypeScriptSymbol): string[] {
  const { checker } = project
  const nodes = nodesOf(symbol)
  // What comes from a library, as a member of Array, is described there.
  if (nodes.some(node => /node_modules/.test(node.getSourceFile().fileName))) return []
  if (symbol.getDocumentationComment(checker).trim() || symbol.getJsDocTags(checker).length) return []
  const [node] = nodes
  const source = node!.getSourceFile()
  const line = source.text.slice(0, node!.getStart(source)).split('\n').length
  return [`${name} (${relative(root, source.fileName)}:${line})`]
}

for (const { subpath, file } of entryPoints)
  test(`${subpath} of ${file}`, () => {
    const all = exportsOf(file)
    assert.ok(all.length > 0)
    const missing = all.flatMap(({ name, symbol }) => [
      ...bare(name, symbol),
      ...membersOf(symbol).flatMap(member => bare(`${name}.${member.name}`, member)),
    ])
    assert.equal(missing, [])
  })

test.run()
