/**
 * How a failure leaves the command: bad input, a file of the user that throws included, is one sentence and exit code 2,
 * anything the runtime expected to go wrong is one sentence and 1, and a bug shows its stack and exits with 70.
 */
import { BadInput, FacetError, NonFinite } from '../runtime/errors.js'
import { reasonOf } from '../runtime/reasons.js'
import { framesOf } from './frames.js'

/** Bad input found by a command itself: a missing path, an option that contradicts another. The message is one sentence. */
export class UsageError extends Error {
  override name = 'UsageError'
}

export const exitCodes = { failed: 1, badInput: 2, bug: 70 } as const

/** What the compiler throws at the author of a model. By name, so that commands that compile nothing do not import it. */
const modelErrors = new Set([
  'ShapeError',
  'UnboundSize',
  'LimitError',
  'TextError',
  'TuningError',
  'TargetError',
  'OnnxError',
])

/** What to print and the code to exit with. */
export function explain(error: unknown): { text: string; code: number } {
  // A run diverges by what it was given, its learning rate most of all.
  if ([UsageError, BadInput, NonFinite].some(kind => error instanceof kind))
    return { text: (error as Error).message, code: exitCodes.badInput }
  if (error instanceof Error && modelErrors.has(error.name)) return { text: error.message, code: exitCodes.badInput }
  // A file that a command was given, or the place that it writes to.
  const reason = error instanceof Error ? reasonOf(error) : undefined
  const { path } = error as NodeJS.ErrnoException
  if (reason !== undefined && typeof path === 'string' && path !== '')
    return { text: `${path} cannot be used: ${reason}`, code: exitCodes.badInput }
  const [, missing] =
    /^Cannot find package '(linkedom|@observablehq\/plot)'/.exec(String((error as Error)?.message)) ?? []
  if (missing)
    return {
      text: `reports need ${missing}, which is not installed: npm install facet-tensor-cli`,
      code: exitCodes.failed,
    }
  if (error instanceof FacetError) return { text: error.message, code: exitCodes.failed }
  const mistake = error instanceof Error ? mistakeIn(error) : undefined
  if (mistake !== undefined) return { text: mistake, code: exitCodes.badInput }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { text: `this was not expected, and may be a bug in facet.\n${stack}`, code: exitCodes.bug }
}

/** What is wrong in a file of the user, which throws, or gives Facet what its types do not allow. */
function mistakeIn(error: Error): string | undefined {
  const frames = framesOf(error).filter(({ own }) => own !== 'package')
  const [first] = frames
  const said = `${error.name}: ${error.message.split('\n')[0]}`
  if (first?.own === 'user') return `${first.place} throws ${said}`
  const user = frames.find(({ own }) => own === 'user')
  if (user && error instanceof TypeError)
    return `${user.place} gives Facet what its types do not allow, as npx tsc --noEmit says (${said}, at ${first!.place})`
}
