/**
 * The grammar of the text form, parsed by chevrotain into a tree that knows where it stands in the text.
 *
 *   graph    = 'graph' name '(' [ input { ',' input } ] ')' '{' { node } return { update } '}'
 *   input    = id ':' type string
 *   node     = id ':' type '=' word '(' [ argument { ',' argument } ] ')' [ '@' name ]
 *   argument = id | word '=' value | 'shape' | 'dtype'          (the last two: what the type says)
 *   return   = 'return' [ name '=' id { ',' name '=' id } ]
 *   update   = 'update' name '=' id                             (of the variable with this name)
 *   type     = word '[' [ size { ',' size } ] ']'
 *   value    = JSON, NaN, Infinity, -Infinity, graph   name = word | string          id = '%0', '%1', ...          '#' begins a comment
 */
import { createToken, EmbeddedActionsParser, type IToken, Lexer, type TokenType, tokenLabel } from 'chevrotain'
import type { Value } from './operation.js'
import { SCOPE, WORD } from './print.js'

/** Text that is no graph. The message says line and column, shows the line and points at the place. */
export class TextError extends Error {
  override name = 'TextError'
  constructor(
    readonly problem: string,
    text: string,
    readonly offset: number,
    length = 1,
  ) {
    const before = text.slice(0, offset).split('\n')
    const column = before.at(-1)!.length
    const line = text.split('\n')[before.length - 1]!
    const marks = '^'.repeat(Math.max(1, Math.min(length, line.length - column)))
    super(`line ${before.length}, column ${column + 1}: ${problem}\n  ${line}\n  ${' '.repeat(column)}${marks}`)
  }
}

const token = (name: string, pattern: RegExp | string, label: string, more = {}): TokenType =>
  createToken({ name, pattern, label, ...more })
const Word = token('Word', WORD, 'a name')
const keyword = (word: string) => token(`Keyword_${word}`, word, `'${word}'`, { longer_alt: Word })
const mark = (name: string, text: string) => token(name, text, `'${text}'`)

const Space = token('Space', /\s+|#[^\n]*/, 'space', { group: Lexer.SKIPPED })
const Scope = token('Scope', new RegExp(`@${SCOPE.source}`), "'@' and a scope")
const Id = token('Id', /%\d+/, "a node ('%0')")
const Text = token('Text', /"(?:[^"\\\n]|\\.)*"/, 'a string')
const Numeral = token('Numeral', /-?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|Infinity|NaN)/, 'a number', { longer_alt: Word })
const [GraphWord, Return, Update] = ['graph', 'return', 'update'].map(keyword) as [TokenType, TokenType, TokenType]
const [True, False, Null] = ['true', 'false', 'null'].map(keyword) as [TokenType, TokenType, TokenType]
const [Open, Close, OpenBrace, CloseBrace] = [
  mark('Open', '('),
  mark('Close', ')'),
  mark('OpenBrace', '{'),
  mark('CloseBrace', '}'),
]
const [OpenBracket, CloseBracket] = [mark('OpenBracket', '['), mark('CloseBracket', ']')]
const [Comma, Colon, Equals, At] = [mark('Comma', ','), mark('Colon', ':'), mark('Equals', '='), mark('At', '@')]
// Keywords before words, so that they win where both match.
const TOKENS = [
  ...[Space, Scope, Id, Text, Numeral, GraphWord, Return, Update, True, False, Null, Word],
  ...[Open, Close, OpenBrace, CloseBrace, OpenBracket, CloseBracket, Comma, Colon, Equals, At],
]

/** The syntax tree: values with the token they begin at. */
export interface Named {
  readonly name: string
  readonly at: IToken
}
export interface TypeText {
  readonly dtype: Named
  readonly shape: number[]
}
interface InputText {
  readonly id: IToken
  readonly type: TypeText
  readonly name: Named
}
interface NodeText {
  readonly id: IToken
  readonly type: TypeText
  readonly operation: IToken
  readonly operands: IToken[]
  /** No value: the bare names `shape` and `dtype`. */
  readonly attributes: { readonly name: IToken; readonly value?: Value | GraphText }[]
  readonly scope: string
}
interface Assigned {
  readonly name: Named
  readonly id: IToken
}
export interface GraphText {
  readonly name: string
  readonly inputs: InputText[]
  readonly nodes: NodeText[]
  readonly outputs: Assigned[]
  readonly updates: Assigned[]
}

class GraphParser extends EmbeddedActionsParser {
  readonly graph: () => GraphText

  constructor() {
    super(TOKENS, { errorMessageProvider: SENTENCES })
    const unquoted = (at: IToken): string => this.ACTION(() => JSON.parse(at.image) as string)

    const name = this.RULE(
      'name',
      (): Named =>
        this.OR({
          DEF: [
            {
              ALT: () => {
                const at = this.CONSUME(Word)
                return { name: at.image, at }
              },
            },
            {
              ALT: () => {
                const at = this.CONSUME(Text)
                return { name: unquoted(at), at }
              },
            },
          ],
          ERR_MSG: 'a name',
        }),
    )

    const value = this.RULE(
      'value',
      (): Value =>
        this.OR({
          DEF: [
            { ALT: () => Number(this.CONSUME(Numeral).image) },
            { ALT: () => unquoted(this.CONSUME(Text)) },
            { ALT: () => this.CONSUME(True) && true },
            { ALT: () => this.CONSUME(False) && false },
            { ALT: () => this.CONSUME(Null) && null },
            { ALT: () => this.SUBRULE(list) },
            { ALT: () => this.SUBRULE(record) as unknown as Value },
            { ALT: () => this.SUBRULE(this.graph) as unknown as Value },
          ],
          ERR_MSG: "a value: a number, a string, true, false, null, '[' or '{'",
        }),
    )
    const list = this.RULE('list', (): Value[] => {
      const values: Value[] = []
      this.CONSUME(OpenBracket)
      this.MANY_SEP({ SEP: Comma, DEF: () => values.push(this.SUBRULE(value)) })
      this.CONSUME(CloseBracket, { ERR_MSG: "',' or ']'" })
      return values
    })
    const record = this.RULE('record', () => {
      const entries: [string, Value][] = []
      this.CONSUME(OpenBrace)
      this.MANY_SEP({
        SEP: Comma,
        DEF: () => {
          const key = unquoted(this.CONSUME(Text))
          this.CONSUME(Colon)
          entries.push([key, this.SUBRULE(value)])
        },
      })
      this.CONSUME(CloseBrace, { ERR_MSG: "',' or '}'" })
      return Object.fromEntries(entries)
    })

    const type = this.RULE('type', (): TypeText => {
      const at = this.CONSUME(Word, { ERR_MSG: 'a type such as f32[4, 3]' })
      const shape: number[] = []
      this.CONSUME(OpenBracket, { ERR_MSG: "'[' and a shape" })
      this.MANY_SEP({ SEP: Comma, DEF: () => shape.push(Number(this.CONSUME(Numeral).image)) })
      this.CONSUME(CloseBracket, { ERR_MSG: "',' or ']'" })
      return { dtype: { name: at.image, at }, shape }
    })

    const input = this.RULE('declaration', (): InputText => {
      const id = this.CONSUME(Id)
      this.CONSUME(Colon)
      const of = this.SUBRULE(type)
      const at = this.CONSUME(Text, { ERR_MSG: 'the name of the input, in quotes' })
      return { id, type: of, name: { name: unquoted(at), at } }
    })

    const node = this.RULE('node', (): NodeText => {
      const id = this.CONSUME(Id)
      this.CONSUME(Colon)
      const of = this.SUBRULE(type)
      this.CONSUME(Equals)
      const operation = this.CONSUME(Word, { ERR_MSG: 'an operation' })
      const operands: IToken[] = []
      const attributes: NodeText['attributes'] = []
      this.CONSUME(Open)
      this.MANY_SEP({
        SEP: Comma,
        DEF: () =>
          this.OR({
            DEF: [
              { ALT: () => operands.push(this.CONSUME2(Id)) },
              {
                ALT: () => {
                  const attribute = this.CONSUME2(Word)
                  const given = this.OPTION(() => {
                    this.CONSUME2(Equals)
                    return this.SUBRULE(value)
                  })
                  attributes.push(given === undefined ? { name: attribute } : { name: attribute, value: given })
                },
              },
            ],
            ERR_MSG: "an operand ('%0') or an attribute ('axis=1')",
          }),
      })
      this.CONSUME(Close, { ERR_MSG: "',' or ')'" })
      const scope = this.OPTION2(() =>
        this.OR2([
          { ALT: () => this.CONSUME(Scope).image.slice(1) },
          {
            ALT: () => {
              this.CONSUME(At)
              return unquoted(this.CONSUME(Text, { ERR_MSG: 'a scope' }))
            },
          },
        ]),
      )
      return { id, type: of, operation, operands, attributes, scope: scope ?? '' }
    })

    const assigned = this.RULE('assigned', (): Assigned => {
      const left = this.SUBRULE(name)
      this.CONSUME(Equals)
      return { name: left, id: this.CONSUME(Id) }
    })

    this.graph = this.RULE('graph', (): GraphText => {
      const inputs: InputText[] = []
      const nodes: NodeText[] = []
      const outputs: Assigned[] = []
      const updates: Assigned[] = []
      this.CONSUME(GraphWord)
      const title = this.SUBRULE(name)
      this.CONSUME(Open)
      this.MANY_SEP({ SEP: Comma, DEF: () => inputs.push(this.SUBRULE(input)) })
      this.CONSUME(Close, { ERR_MSG: "',' or ')'" })
      this.CONSUME(OpenBrace)
      this.MANY(() => nodes.push(this.SUBRULE(node)))
      this.CONSUME(Return, { ERR_MSG: "a node ('%0: ...') or 'return'" })
      this.MANY_SEP2({ SEP: Comma, DEF: () => outputs.push(this.SUBRULE(assigned)) })
      this.MANY2(() => {
        this.CONSUME(Update)
        updates.push(this.SUBRULE2(assigned))
      })
      this.CONSUME(CloseBrace, { ERR_MSG: "'update' or '}'" })
      return { name: title.name, inputs, nodes, outputs, updates }
    })
    this.performSelfAnalysis()
  }
}

const found = (at: IToken): string => (at.image ? `got '${at.image}'` : 'the text ends here')
/** Messages of the parser as sentences: what was expected, and what stands there. */
const SENTENCES = {
  buildMismatchTokenMessage: ({ expected, actual }: { expected: TokenType; actual: IToken }) =>
    `expected ${tokenLabel(expected)}, ${found(actual)}`,
  buildNotAllInputParsedMessage: ({ firstRedundant }: { firstRedundant: IToken }) =>
    `expected the end of the text, ${found(firstRedundant)}`,
  buildNoViableAltMessage: ({ actual, customUserDescription }: { actual: IToken[]; customUserDescription?: string }) =>
    `expected ${customUserDescription ?? 'something else'}, ${found(actual[0]!)}`,
  buildEarlyExitMessage: ({ actual }: { actual: IToken[] }) => `expected more, ${found(actual[0]!)}`,
}

const lexer = new Lexer(TOKENS, { positionTracking: 'onlyOffset' })
let parser: GraphParser | undefined

/** The syntax tree of `text`. Throws `TextError`. */
export function read(text: string): GraphText {
  const { tokens, errors } = lexer.tokenize(text)
  if (errors[0]) throw new TextError(`'${text[errors[0].offset]}' has no meaning here`, text, errors[0].offset)
  parser ??= new GraphParser()
  parser.input = tokens
  const tree = parser.graph()
  const [error] = parser.errors
  if (!error) return tree
  const { startOffset, image } = error.token
  // A message of the grammar above is what was expected there; the rest is said here.
  const problem = error.message.startsWith('expected ')
    ? error.message
    : `expected ${error.message}, ${found(error.token)}`
  throw new TextError(problem, text, Number.isNaN(startOffset) ? text.trimEnd().length : startOffset, image.length)
}
