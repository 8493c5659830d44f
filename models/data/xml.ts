/** As much of XML as annotation files have: elements and text. Attributes are passed over, entities are the five of XML. */
import { DataError } from './examples.js'

export interface Element {
  readonly name: string
  /** The line of its opening tag, from 1. */
  readonly line: number
  readonly children: readonly Element[]
  /** What stands between the tags and is no element, trimmed. */
  readonly text: string
}
interface Open {
  readonly name: string
  readonly line: number
  readonly children: Element[]
  text: string
}

/** Comments, declarations, tags, and text up to the next tag. */
const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([A-Za-z_][\w.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|[^<]+/y
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** The outermost element of a document. Throws `DataError` with `file` and line for anything else. */
export function parseXml(source: string, file: string): Element {
  const text = source.replace(/^\uFEFF/, '')
  const open: Open[] = []
  let root: Element | undefined
  let line = 1
  const fail = (what: string): never => {
    throw new DataError(`${file}, line ${line}: ${what}`)
  }
  TOKEN.lastIndex = 0
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    const match = TOKEN.exec(text)
    if (!match) return fail(`this is no tag: ${JSON.stringify(text.slice(at, at + 30).split('\n')[0])}`)
    const [token, closing, name, , empty] = match
    const top = open.at(-1)
    if (name === undefined) {
      if (top && !token.startsWith('<')) top.text += token
      else if (!token.startsWith('<') && token.trim())
        fail(`"${token.trim().slice(0, 30)}" stands outside of any element`)
    } else if (closing) {
      if (top?.name !== name) return fail(`</${name}> closes ${top ? `<${top.name}> of line ${top.line}` : 'nothing'}`)
      finish(open.pop()!)
    } else {
      if (root) fail(`<${name}> follows the end of <${root.name}>: a document has one outermost element`)
      const element: Open = { name, line, children: [], text: '' }
      if (empty) finish(element)
      else open.push(element)
    }
    line += token.split('\n').length - 1
  }
  if (open.length > 0) return fail(`<${open.at(-1)!.name}> of line ${open.at(-1)!.line} is never closed`)
  return root ?? fail('there is no element')

  function finish({ text: raw, ...element }: Open): void {
    const done = { ...element, text: raw.replace(/&(\w+);/g, (all, name) => ENTITIES[name] ?? all).trim() }
    const parent = open.at(-1)
    if (parent) parent.children.push(done)
    else root = done
  }
}
