/**
 * The grammar of axis patterns; errors point into the pattern.
 *
 *   pattern = side { ',' side } '->' side
 *   side    = { name | '1' | '...' | '(' { name | '1' } ')' }
 *
 * A name stands for one axis, a group for the axes that are joined into one, `1` (or `()`) for an axis of size 1,
 * and `...` for all axes that no name stands for.
 */
import { ShapeError } from '../graph/shape.js'
import { lexer, Reader, type Token } from '../graph/tokens.js'

/** One axis of a side, and where it stands in the pattern. A single name is a group of one; `1` is an empty group. */
export interface Item {
  readonly names: readonly string[]
  /** Written with parentheses. */
  readonly group: boolean
  readonly ellipsis: boolean
  readonly offset: number
  readonly length: number
}
export interface Pattern {
  readonly text: string
  readonly inputs: readonly (readonly Item[])[]
  readonly output: readonly Item[]
}

/** A pattern that cannot be read, or does not fit its tensors. Shows the pattern and where in it. */
export class PatternError extends ShapeError {
  override name = 'PatternError'
  constructor(
    /** What is wrong, in the words the editor shows. */
    readonly reason: string,
    /** The pattern as it was given. */
    readonly pattern: string,
    /** Where in it the mistake begins, from 0. */
    readonly offset: number,
    /** How many of its characters are wrong. */
    readonly length = 1,
    /** The operation on what it was asked for: `rearrange of [2, 784] with h=27`. */
    readonly asked = 'axis pattern',
  ) {
    super(`${asked}: ${reason}\n  ${pattern}\n  ${' '.repeat(offset)}${'^'.repeat(Math.max(1, length))}`)
  }
}

type Kind = '->' | '...' | ',' | '(' | ')' | '1' | 'name'
const cut = lexer<Kind>([
  ['->', '->'],
  ['...', '...'],
  [',', ','],
  ['(', '('],
  [')', ')'],
  ['1', /1(?!\w)/],
  ['name', /[A-Za-z_]\w*/],
  ['space', /\s+/],
])

/** A rule of the grammar is a method, which takes its tokens. */
class PatternReader extends Reader<Kind> {
  pattern(): Omit<Pattern, 'text'> {
    const inputs: Item[][] = []
    do inputs.push(this.side())
    while (this.take(','))
    this.expect('->', "'->'")
    const output = this.side()
    this.expect('end', 'the end')
    return { inputs, output }
  }

  private side(): Item[] {
    const items: Item[] = []
    for (;;) {
      const { kind, image, offset } = this.next
      const item = { names: [], group: false, ellipsis: false, offset, length: image.length }
      if (this.take('name')) items.push({ ...item, names: [image] })
      else if (this.take('1')) items.push(item)
      else if (this.take('...')) items.push({ ...item, ellipsis: true })
      else if (kind === '(') items.push({ ...item, ...this.group(), group: true })
      else return items
    }
  }

  private group(): Pick<Item, 'names' | 'length'> {
    const open = this.expect('(', "'('")
    const names: string[] = []
    for (;;) {
      const name = this.take('name')
      if (name) names.push(name.image)
      else if (!this.take('1')) break
    }
    return { names, length: this.expect(')', "')'").offset + 1 - open.offset }
  }
}

const cache = new Map<string, Pattern>()

/** The parsed pattern; each text is parsed once. Throws `PatternError`. */
export function parsePattern(text: string): Pattern {
  const known = cache.get(text)
  if (known) return known
  const tokens = cut(text, offset => {
    throw new PatternError(`'${text[offset]}' has no meaning in a pattern`, text, offset)
  })
  const arrows = tokens.filter(({ kind }) => kind === '->')
  if (arrows.length === 0) throw new PatternError(`'->' is missing in '${text}'`, text, text.length)
  if (arrows[1]) throw new PatternError(`a pattern has one '->'`, text, arrows[1].offset, 2)
  const reader = new PatternReader(tokens, at => {
    throw syntaxError(text, tokens, at)
  })
  const pattern = { text, ...reader.pattern() }
  cache.set(text, pattern)
  return pattern
}

/** A sentence for the token at which the reader stopped. */
function syntaxError(text: string, tokens: readonly Token[], at: Token): PatternError {
  const { kind, image, offset } = at
  const open = tokens
    .slice(0, tokens.indexOf(at))
    .filter(({ kind }) => kind === '(' || kind === ')')
    .at(-1)
  if (open?.kind === '(') {
    if (kind === '(') return new PatternError('groups cannot be nested', text, offset)
    if (kind === '...') return new PatternError("'...' cannot stand in a group", text, offset)
    return new PatternError("'(' is never closed", text, open.offset)
  }
  if (kind === ')') return new PatternError("')' closes no '('", text, offset)
  if (kind === ',') return new PatternError("',' cannot follow '->'", text, offset)
  return new PatternError(`unexpected '${image}'`, text, offset, image.length)
}
