/**
 * The grammar of axis patterns, parsed by chevrotain; errors point into the pattern.
 *
 *   pattern = side { ',' side } '->' side
 *   side    = { name | '1' | '...' | '(' { name | '1' } ')' }
 *
 * A name stands for one axis, a group for the axes that are joined into one, `1` (or `()`) for an axis of size 1,
 * and `...` for all axes that no name stands for.
 */
import { createToken, EmbeddedActionsParser, type IToken, Lexer, type TokenType } from 'chevrotain'
import { ShapeError } from '../graph/shape.js'

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

const Arrow = createToken({ name: 'Arrow', pattern: '->', label: "'->'" })
const Ellipsis = createToken({ name: 'Ellipsis', pattern: '...', label: "'...'" })
const Comma = createToken({ name: 'Comma', pattern: ',', label: "','" })
const Open = createToken({ name: 'Open', pattern: '(', label: "'('" })
const Close = createToken({ name: 'Close', pattern: ')', label: "')'" })
const One = createToken({ name: 'One', pattern: /1(?!\w)/, label: '1' })
const Name = createToken({ name: 'Name', pattern: /[A-Za-z_]\w*/, label: 'an axis name' })
const Space = createToken({ name: 'Space', pattern: /\s+/, group: Lexer.SKIPPED })
const TOKENS: TokenType[] = [Arrow, Ellipsis, Comma, Open, Close, One, Name, Space]
const lexer = new Lexer(TOKENS)

class PatternParser extends EmbeddedActionsParser {
  readonly pattern: () => Omit<Pattern, 'text'>

  constructor() {
    super(TOKENS)
    const item = (token: IToken, rest: Partial<Item> = {}): Item => ({
      names: [],
      group: false,
      ellipsis: false,
      offset: token.startOffset,
      length: token.image.length,
      ...rest,
    })
    const group = this.RULE('group', (): Item => {
      const open = this.CONSUME(Open)
      const names: string[] = []
      this.MANY(() =>
        this.OR([{ ALT: () => names.push(this.CONSUME(Name).image) }, { ALT: () => void this.CONSUME(One) }]),
      )
      const close = this.CONSUME(Close)
      return item(open, { names, group: true, length: close.startOffset + 1 - open.startOffset })
    })
    const side = this.RULE('side', (): Item[] => {
      const items: Item[] = []
      this.MANY(() =>
        this.OR([
          {
            ALT: () => {
              const name = this.CONSUME(Name)
              items.push(item(name, { names: [name.image] }))
            },
          },
          { ALT: () => items.push(item(this.CONSUME(One))) },
          { ALT: () => items.push(item(this.CONSUME(Ellipsis), { ellipsis: true })) },
          { ALT: () => items.push(this.SUBRULE(group)) },
        ]),
      )
      return items
    })
    this.pattern = this.RULE('pattern', () => {
      const inputs: Item[][] = [this.SUBRULE(side)]
      this.MANY(() => {
        this.CONSUME(Comma)
        inputs.push(this.SUBRULE2(side))
      })
      this.CONSUME(Arrow)
      return { inputs, output: this.SUBRULE3(side) }
    })
    this.performSelfAnalysis()
  }
}

let parser: PatternParser | undefined
const cache = new Map<string, Pattern>()

/** The parsed pattern; each text is parsed once. Throws `PatternError`. */
export function parsePattern(text: string): Pattern {
  const known = cache.get(text)
  if (known) return known
  const { tokens, errors } = lexer.tokenize(text)
  if (errors[0])
    throw new PatternError(`'${text[errors[0].offset]}' has no meaning in a pattern`, text, errors[0].offset)
  const arrows = tokens.filter(token => token.tokenType === Arrow)
  if (arrows.length === 0) throw new PatternError(`'->' is missing in '${text}'`, text, text.length)
  if (arrows[1]) throw new PatternError(`a pattern has one '->'`, text, arrows[1].startOffset, 2)
  parser ??= new PatternParser()
  parser.input = tokens
  const read = parser.pattern()
  const [error] = parser.errors
  if (error) throw syntaxError(text, tokens, error.token)
  const pattern = { text, ...read }
  cache.set(text, pattern)
  return pattern
}

/** A sentence for the token at which the parser stopped. */
function syntaxError(text: string, tokens: readonly IToken[], at: IToken): PatternError {
  const before = tokens.filter(
    token => token.endOffset! < (Number.isNaN(at.startOffset) ? text.length + 1 : at.startOffset),
  )
  const open = before.filter(token => token.tokenType === Open || token.tokenType === Close).at(-1)
  if (open?.tokenType === Open) {
    const cause =
      at.tokenType === Open
        ? 'groups cannot be nested'
        : at.tokenType === Ellipsis
          ? "'...' cannot stand in a group"
          : "'(' is never closed"
    return new PatternError(
      cause,
      text,
      at.tokenType === Open || at.tokenType === Ellipsis ? at.startOffset : open.startOffset,
    )
  }
  if (at.tokenType === Close) return new PatternError("')' closes no '('", text, at.startOffset)
  if (at.tokenType === Comma) return new PatternError("',' cannot follow '->'", text, at.startOffset)
  return new PatternError(
    `unexpected '${at.image}'`,
    text,
    Number.isNaN(at.startOffset) ? text.length : at.startOffset,
    at.image.length,
  )
}
