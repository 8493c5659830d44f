/** Options of functions, as a caller without types may get them wrong: what is not known would be ignored in silence. */
import { given, isTensor } from './node.js'
import { ShapeError } from './shape.js'

/** Throws `ShapeError` for what is no object of options, and for options that `what` has not; `undefined` is none at all. */
export function checkOptions(what: string, options: object | undefined, names: readonly string[]): void {
  if (options === undefined) return
  if (typeof options !== 'object' || options === null || Array.isArray(options) || isTensor(options))
    throw new ShapeError(
      `${what} takes its options by name, as in { ${names[0]}: ... }, got ${isTensor(options) ? 'a tensor' : typeof options === 'boolean' ? `${options}` : given(options)}`,
    )
  const unknown = Object.keys(options).find(name => !names.includes(name))
  if (unknown !== undefined)
    throw new ShapeError(`${what} has no option ${unknown}: it has ${new Intl.ListFormat('en-GB').format(names)}`)
}

/** What convolutions may be told, and what their adjoints. */
export const CONV_OPTIONS = ['stride', 'padding', 'dilation', 'groups'] as const
export const CONV_TRANSPOSE_OPTIONS = [...CONV_OPTIONS, 'outputPadding'] as const
