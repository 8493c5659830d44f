/**
 * A program as a module: its imports of Facet are those that the worker has already, and what goes wrong in it is told by the line
 * that its author wrote.
 */
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import { init, parse } from 'es-module-lexer'
import * as facet from 'facet-tensor'
import * as models from 'facet-tensor/models'
import * as runtime from 'facet-tensor/runtime'
import type { Emitted } from './messages.js'

const modules: Readonly<Record<string, object>> = {
  'facet-tensor': facet,
  'facet-tensor/models': models,
  'facet-tensor/runtime': runtime,
}
Object.assign(globalThis, { facetModules: modules })

/** A mistake in what the program does with the playground. The message is a sentence. */
export class ProgramError extends Error {
  override name = 'ProgramError'
}

const addressOf = (code: string): string => URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))
const passedOn = new Map<string, string>()
/** The address of a module that passes on what the worker has of that name. */
function addressFor(name: string): string {
  const given = Object.hasOwn(modules, name) ? modules[name] : undefined
  if (!given)
    throw new ProgramError(
      `${name} cannot be imported here: there are ${Object.keys(modules).join(', ')} and no others`,
    )
  const known = passedOn.get(name)
  if (known) return known
  const address = addressOf(
    `export const { ${Object.keys(given).join(', ')} } = globalThis.facetModules[${JSON.stringify(name)}]`,
  )
  passedOn.set(name, address)
  return address
}

/** Where the program was loaded from: its frames in stacks. */
let own: string | undefined

/** What the program exports. Throws what it throws while it is loaded, and `ProgramError` for an import that is not there. */
export async function importProgram({ code }: Emitted): Promise<Readonly<Record<string, unknown>>> {
  await init
  let linked = ''
  let at = 0
  for (const found of parse(code)[0]) {
    if (!('specifier' in found) || typeof found.specifier !== 'string') continue
    const { specifier, start, end } = found
    // The range of a dynamic import has the quotes.
    const quoted = /^['"`]/.test(code.slice(start, end))
    linked += code.slice(at, start) + (quoted ? JSON.stringify(addressFor(specifier)) : addressFor(specifier))
    at = end
  }
  own = addressOf(linked + code.slice(at))
  return import(/* @vite-ignore */ own)
}

/** Engines' own errors say little without their name; Facet's are sentences. */
const bare = ['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError', 'URIError', 'EvalError', 'Error']

/** What to tell the program's author of an error, and where in the program it came up: the innermost of its frames. */
export function explained(error: unknown, { map }: Emitted): { message: string; line?: number; column?: number } {
  if (!(error instanceof Error)) return { message: `the program throws ${String(error)}` }
  const message = bare.includes(error.name) ? `${error.name}: ${error.message}` : error.message
  const after = own === undefined ? undefined : error.stack?.split(`${own}:`)[1]
  const [, line, column] = /^(\d+):(\d+)/.exec(after ?? '') ?? []
  if (!line) return { message }
  // What took the place of a name in an import shifts columns of that line alone.
  const place = originalPositionFor(new TraceMap(map), { line: Number(line), column: Number(column) - 1 })
  return place.line === null ? { message } : { message, line: place.line, column: place.column + 1 }
}
