/**
 * Scopes of a kernel's text. A value that is used twice, or that does not change in the loop it is used in, is bound
 * once by `let` in the outermost scope that has all it depends on: loop-invariant code moves out by construction.
 */

import { dependencies } from '../graph/dependencies.js'
import { type Axis, type Expression, partsOf } from '../graph/expression.js'
import { DEEP, postOrder, preOrder } from '../graph/reach.js'

interface Block {
  readonly lines: string[]
  /** Axes and names that exist from here inwards. */
  readonly defines: Set<Axis | string>
  readonly lets: Map<Expression, string>
}

export interface Writer {
  line(text: string): void
  /** Text of an expression at this place, after binding what is worth binding. */
  value(e: Expression): string
  /** `value`, bound by `let` unless it is a constant: computed here, whatever is stored later. */
  bind(e: Expression): string
  /** Counts the uses of what `roots` share, for the `value` calls that follow. */
  share(roots: readonly Expression[]): void
  /** Runs `body` inside `head { ... }`; the axes are defined by the head. */
  nest(head: string, defines: readonly Axis[], body: () => void): void
  /** Makes a name or an axis available to expressions from here on in this block. */
  define(what: string | Axis): void
  text(): string
}

/** Levels of text that one statement has, at most: parsers allow some 128 of parentheses, of which a level may take two. */
const NESTED = 24

export function createWriter(
  print: (e: Expression, part: (e: Expression) => string) => string,
  defined: readonly Axis[],
): Writer {
  const blocks: Block[] = [{ lines: [], defines: new Set(defined), lets: new Map() }]
  const seen = new Map<Expression, Set<Axis | string>>()
  let uses = new Map<Expression, number>()
  let counter = 0
  /** How deep the text of an expression nests, down to what is bound. */
  const nesting = new Map<Expression, number>()
  let calls = 0

  const depthOf = (e: Expression): number => {
    let depth = 0
    for (const d of dependencies(e, seen)) {
      const found = blocks.findIndex(({ defines }) => defines.has(d))
      if (found < 0)
        throw new Error(`an expression uses ${typeof d === 'string' ? d : d.name}, which is not in scope here`)
      depth = Math.max(depth, found)
    }
    return depth
  }
  const find = (e: Expression): string | undefined => {
    for (const { lets } of blocks) {
      const name = lets.get(e)
      if (name !== undefined) return name
    }
    return undefined
  }

  function value(e: Expression): string {
    if (e.kind === 'literal' || e.kind === 'axis' || e.kind === 'name') return print(e, value)
    const bound = find(e)
    if (bound) return bound
    calls++
    // Below, what nests too deep for one statement is bound on the way up.
    if (calls === DEEP) for (const part of postOrder(partsOf(e), part => (find(part) ? [] : partsOf(part)))) value(part)
    const depth = depthOf(e)
    const text = print(e, value)
    calls--
    nesting.set(e, 1 + Math.max(0, ...partsOf(e).map(part => (find(part) ? 0 : (nesting.get(part) ?? 0)))))
    if (depth === blocks.length - 1 && (uses.get(e) ?? 1) < 2 && nesting.get(e)! < NESTED) return text
    return declare(e, depth, text)
  }
  function bind(e: Expression): string {
    if (e.kind === 'literal' || e.kind === 'axis' || e.kind === 'name' || find(e)) return value(e)
    return declare(e, depthOf(e), print(e, value))
  }
  function declare(e: Expression, depth: number, text: string): string {
    const name = `${e.kind === 'load' ? 'x' : e.dtype === 'i32' ? 'at' : 'v'}${counter++}`
    blocks[depth]!.lines.push(`let ${name} = ${text};`)
    blocks[depth]!.lets.set(e, name)
    return name
  }

  return {
    value,
    bind,
    line: text => void blocks.at(-1)!.lines.push(text),
    share(roots) {
      uses = new Map()
      const count = (e: Expression): void => void uses.set(e, (uses.get(e) ?? 0) + 1)
      roots.forEach(count)
      for (const e of preOrder(roots, partsOf)) partsOf(e).forEach(count)
    },
    nest(head, defines, body) {
      blocks.push({ lines: [], defines: new Set(defines), lets: new Map() })
      body()
      const { lines } = blocks.pop()!
      blocks.at(-1)!.lines.push(`${head} {`.trimStart(), ...lines.map(line => `  ${line}`), '}')
    },
    define: what => void blocks.at(-1)!.defines.add(what),
    text: () => blocks[0]!.lines.map(line => `  ${line}`).join('\n'),
  }
}
