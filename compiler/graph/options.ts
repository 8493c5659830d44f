/** Options of functions, as a caller without types may get them wrong: what is not known would be ignored in silence. */
import { described, isTensor } from './node.js'
import { ShapeError } from './shape.js'

/** Throws `ShapeError` for what is no object of options, and for options that `what` has not; `undefined` is none at all. */
export function checkOptions(what: string, options: object | undefined, names: readonly string[]): void {
  if (options === undefined) return
  if (typeof options !== 'object' || options === null || Array.isArray(options) || isTensor(options))
    throw new ShapeError(
      `${what} takes its options by name, as in { ${names[0]}: ... }, got ${typeof options === 'boolean' ? `${options}` : described(options)}`,
    )
  const unknown = Object.keys(options).find(name => !names.includes(name))
  if (unknown !== undefined)
    throw new ShapeError(`${what} has no option ${unknown}: it has ${new Intl.ListFormat('en-GB').format(names)}`)
}

/** Where a number lies: from `least` to `most`, of which `open` leaves out. */
export interface Range {
  readonly least: number
  /** Default: no bound, and no infinity. */
  readonly most?: number
  readonly open?: 'least' | 'most'
}
/** Throws `ShapeError` unless `value`, which is `key` of `what`, is a number in `range`. */
export function checkRange(what: string, key: string, value: unknown, { least, most, open }: Range): void {
  const inside =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    (open === 'least' ? value > least : value >= least) &&
    (most === undefined || (open === 'most' ? value < most : value <= most))
  if (inside) return
  const below = most === undefined ? '' : open === 'most' ? ` and below ${most}` : ` and at most ${most}`
  throw new ShapeError(
    `${what}: ${key} must be a number ${open === 'least' ? 'above' : 'of at least'} ${least}${below}, got ${described(value)}`,
  )
}

/** What convolutions may be told, and what their adjoints. */
export const CONV_OPTIONS = ['stride', 'padding', 'dilation', 'groups'] as const
export const CONV_TRANSPOSE_OPTIONS = [...CONV_OPTIONS, 'outputPadding'] as const
