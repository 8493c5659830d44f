/**
 * The grammar of the text form, and the tree that a text is read into, which knows where it stands in the text.
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
import type { Value } from './operation.js'
import { SCOPE, WORD } from './print.js'
import { lexer, Reader, type Token } from './tokens.js'

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

const KEYWORDS = ['graph', 'return', 'update', 'true', 'false', 'null'] as const
const MARKS = ['(', ')', '{', '}', '[', ']', ',', ':', '=', '@'] as const
type Kind = 'scope' | 'id' | 'text' | 'number' | 'word' | (typeof KEYWORDS)[number] | (typeof MARKS)[number]
/** Not the beginning of a longer word. */
const whole = (word: string): RegExp => new RegExp(`${word}(?!${WORD_GOES_ON.source})`)
const WORD_GOES_ON = /[\w.'/-]/

const cut = lexer<Kind>([
  ['space', /\s+|#[^\n]*/],
  ['scope', new RegExp(`@${SCOPE.source}`)],
  ['id', /%\d+/],
  ['text', /"(?:[^"\\\n]|\\.)*"/],
  ['number', /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/],
  ['number', whole('-?(?:Infinity|NaN)')],
  ...KEYWORDS.map(word => [word, whole(word)] as const),
  ['word', WORD],
  ...MARKS.map(mark => [mark, mark] as const),
])

/** The syntax tree: values with the token they begin at. */
export interface Named {
  readonly name: string
  readonly at: Token
}
export interface TypeText {
  readonly dtype: Named
  readonly shape: number[]
}
interface InputText {
  readonly id: Token
  readonly type: TypeText
  readonly name: Named
}
interface NodeText {
  readonly id: Token
  readonly type: TypeText
  readonly operation: Token
  readonly operands: Token[]
  /** No value: the bare names `shape` and `dtype`. */
  readonly attributes: { readonly name: Token; readonly value?: Value | GraphText }[]
  readonly scope: string
}
interface Assigned {
  readonly name: Named
  readonly id: Token
}
export interface GraphText {
  readonly name: string
  readonly inputs: InputText[]
  readonly nodes: NodeText[]
  readonly outputs: Assigned[]
  readonly updates: Assigned[]
}

/** A rule of the grammar is a method, which takes its tokens. */
class GraphReader extends Reader<Kind> {
  graph(): GraphText {
    this.expect('graph', "'graph'")
    const { name } = this.name()
    this.expect('(', "'('")
    const inputs = this.list(')', "',' or ')'", () => this.input())
    this.expect('{', "'{'")
    const nodes: NodeText[] = []
    while (this.next.kind === 'id') nodes.push(this.node())
    this.expect('return', "a node ('%0: ...') or 'return'")
    const outputs: Assigned[] = []
    if (this.next.kind !== 'update' && this.next.kind !== '}')
      do outputs.push(this.assigned())
      while (this.take(','))
    const updates: Assigned[] = []
    while (this.take('update')) updates.push(this.assigned())
    this.expect('}', "'update' or '}'")
    return { name, inputs, nodes, outputs, updates }
  }

  private input(): InputText {
    const [id, type] = this.declared()
    const at = this.expect('text', 'the name of the input, in quotes')
    return { id, type, name: { name: this.unquoted(at), at } }
  }

  private node(): NodeText {
    const [id, type] = this.declared()
    this.expect('=', "'='")
    const operation = this.expect('word', 'an operation')
    this.expect('(', "'('")
    const operands: Token[] = []
    const attributes: NodeText['attributes'] = []
    this.list(')', "',' or ')'", () => {
      const operand = this.take('id')
      if (operand) return operands.push(operand)
      const name = this.expect('word', "an operand ('%0') or an attribute ('axis=1')")
      return attributes.push(this.take('=') ? { name, value: this.value() } : { name })
    })
    const plain = this.take('scope')
    const scope = plain ? plain.image.slice(1) : this.take('@') ? this.unquoted(this.expect('text', 'a scope')) : ''
    return { id, type, operation, operands, attributes, scope }
  }

  private declared(): [id: Token, type: TypeText] {
    const id = this.expect('id', "a node ('%0')")
    this.expect(':', "':'")
    const at = this.expect('word', 'a type such as f32[4, 3]')
    this.expect('[', "'[' and a shape")
    const shape = this.list(']', "',' or ']'", () => Number(this.expect('number', 'a number').image))
    return [id, { dtype: { name: at.image, at }, shape }]
  }

  private assigned(): Assigned {
    const name = this.name()
    this.expect('=', "'='")
    return { name, id: this.expect('id', "a node ('%0')") }
  }

  private name(): Named {
    const quoted = this.take('text')
    if (quoted) return { name: this.unquoted(quoted), at: quoted }
    const at = this.expect('word', 'a name')
    return { name: at.image, at }
  }

  private value(): Value | GraphText {
    const { next } = this
    switch (next.kind) {
      case 'number':
        return Number(this.expect('number', 'a number').image)
      case 'text':
        return this.unquoted(this.expect('text', 'a string'))
      case 'true':
      case 'false':
      case 'null':
        this.take(next.kind)
        return next.kind === 'null' ? null : next.kind === 'true'
      case '[':
        this.take('[')
        return this.list(']', "',' or ']'", () => this.value()) as Value
      case '{':
        this.take('{')
        return Object.fromEntries(this.list('}', "',' or '}'", () => this.field())) as unknown as Value
      case 'graph':
        return this.graph()
      default:
        return this.fail("a value: a number, a string, true, false, null, '[' or '{'")
    }
  }

  private field(): [string, Value | GraphText] {
    const key = this.unquoted(this.expect('text', 'a string'))
    this.expect(':', "':'")
    return [key, this.value()]
  }

  private unquoted(at: Token): string {
    try {
      return JSON.parse(at.image) as string
    } catch {
      return this.refuse(at, 'a string as JSON has them')
    }
  }
}

/** The syntax tree of `text`. Throws `TextError`. */
export function read(text: string): GraphText {
  const tokens = cut(text, offset => {
    throw new TextError(`'${text[offset]}' has no meaning here`, text, offset)
  })
  const reader = new GraphReader(tokens, ({ image, offset }, expected) => {
    const found = image ? `got '${image}'` : 'the text ends here'
    throw new TextError(`expected ${expected}, ${found}`, text, offset, image.length)
  })
  const tree = reader.graph()
  reader.expect('end', 'the end of the text')
  return tree
}
