/**
 * What the parsers of the text form and of axis patterns are made of: a text is cut into tokens, which a function for each rule of the
 * grammar takes one after the other, looking one token ahead. By hand, since pages have these parsers in them: a parser generator
 * was half of what a compiler in a page weighs.
 */
export interface Token<K extends string = string> {
  readonly kind: K
  readonly image: string
  readonly offset: number
}

/**
 * Kinds of tokens with what they look like, a text or an expression without capturing groups. Where several match, the first counts.
 * The kind `space` separates tokens and is none.
 */
export type Lexicon<K extends string> = readonly (readonly [K | 'space', string | RegExp])[]

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const sourceOf = (form: string | RegExp): string => (typeof form === 'string' ? escaped(form) : form.source)

/**
 * A function that cuts a text up. What it gives ends with a token of the kind `end`, which stands behind the last one. `wrong` is told
 * where a character begins no token.
 */
export function lexer<K extends string>(
  lexicon: Lexicon<K>,
): (text: string, wrong: (offset: number) => never) => Token<K | 'end'>[] {
  const any = new RegExp(lexicon.map(([, form]) => `(${sourceOf(form)})`).join('|'), 'y')
  return (text, wrong) => {
    const tokens: Token<K | 'end'>[] = []
    for (let offset = 0; offset < text.length; offset = any.lastIndex) {
      any.lastIndex = offset
      const found = any.exec(text) ?? wrong(offset)
      const [kind] = lexicon[found.findIndex((group, i) => i > 0 && group !== undefined) - 1]!
      if (kind !== 'space') tokens.push({ kind, image: found[0], offset })
    }
    tokens.push({ kind: 'end', image: '', offset: text.trimEnd().length })
    return tokens
  }
}

/** Tokens, and how far they have been taken. */
export class Reader<K extends string> {
  private position = 0

  /** `refuse` is told which token does not fit, and what was expected in its place. */
  constructor(
    private readonly tokens: readonly Token<K | 'end'>[],
    protected readonly refuse: (at: Token, expected: string) => never,
  ) {}

  /** The one to be taken next. */
  get next(): Token<K | 'end'> {
    return this.tokens[this.position]!
  }
  /** Takes the next token if it is of this kind. */
  take(kind: K): Token | undefined {
    return this.next.kind === kind ? this.tokens[this.position++] : undefined
  }
  /** Takes the next token, which must be of this kind; `expected` says in words what must stand there. */
  expect(kind: K | 'end', expected: string): Token {
    const { next } = this
    if (next.kind !== kind) return this.fail(expected)
    if (kind !== 'end') this.position++
    return next
  }
  fail(expected: string): never {
    return this.refuse(this.next, expected)
  }
  /** Items between commas up to a token of the kind `close`, which is taken: none, if that stands there at once. */
  list<T>(close: K, expected: string, item: () => T): T[] {
    const items: T[] = []
    if (this.take(close)) return items
    do items.push(item())
    while (this.take(',' as K))
    this.expect(close, expected)
    return items
  }
}
