/**
 * Feature augmentations as text, for command lines and recipes: `gaussian@projection:cosine=0.95,flow=full`. What text says
 * is what `augment` takes, so both are refused for the same reasons.
 */
import { nearest } from '../../compiler/graph/nearest.js'
import { BadInput } from '../../runtime/errors.js'
import { linearSchedule } from '../schedules.js'
import { architectures, augment, type FeatureAugmentation } from './feature.js'
import { flowNames } from './flow.js'
import { operatorNames, operatorOptions, operators } from './operators/index.js'
import type { Operator } from './operators/operator.js'

/** What each key of a specification reads its value as. */
const KEYS: Record<string, (text: string, what: string) => unknown> = {
  strength: number,
  cosine: number,
  branch: word('online', 'target', 'both'),
  flow: flowOf,
  copies: number,
  compose: word('replace', 'blend', 'add'),
  weight: number,
  draws: word('independent', 'shared'),
  targets: word('own', 'both'),
  architecture: word(...Object.keys(architectures)),
  probability: number,
  fade: (text, what) => linearSchedule(0, 1, { steps: number(text, what) }),
}

/**
 * Several specifications, separated by `+`; none for `none`. One is `name@site:key=value,...`:
 *
 * ```text
 * gaussian@projection:cosine=0.95,flow=full,branch=online,copies=2,compose=add,weight=0.5,probability=0.5
 * mixqueue + extrapolate:draw=element,fade=1000
 * ```
 *
 * Names are those of `operators`; the site is that of `augment`, by default `unit` for pairs and targets, `negatives` for
 * negatives, `scores` for scores, and `projection` for others but those on maps. Keys are the parameters of `augment` (a flow with a number is
 * `flow=scaled=0.5`), `fade` (the number of steps over which the augmentation is faded in), and the operator's own options.
 * Throws `BadInput`, which names what is known and nearest, and `ShapeError` for what `augment` refuses.
 */
export const parseAugmentations = (text: string): FeatureAugmentation[] =>
  text.trim() === 'none' ? [] : text.split('+').map(parseAugmentation)

/** One specification, as above. */
export function parseAugmentation(text: string): FeatureAugmentation {
  const [, name = '', at, rest] = /^([^@:]*)(?:@([^:]*))?(?::(.*))?$/.exec(text.trim()) ?? []
  const known = find('feature augmentation', name.trim(), operatorNames)
  const own = operatorOptions[known] ?? {}
  const [options, parameters]: Record<string, unknown>[] = [{}, {}]
  for (const pair of rest?.trim() ? rest.split(',') : []) {
    const split = pair.indexOf('=')
    const key = find(`parameter of ${known}`, (split < 0 ? pair : pair.slice(0, split)).trim(), [
      ...Object.keys(own),
      ...Object.keys(KEYS),
    ])
    if (split < 0) throw new BadInput(`${known}: ${key} needs a value, as in ${key}=...`)
    if (key in options! || key in parameters!) throw new BadInput(`${known}: ${key} is given twice`)
    const value = pair.slice(split + 1).trim()
    const what = `${known}: ${key}`
    if (key in own) options![key] = own[key]!.length > 0 ? word(...own[key]!)(value, what) : option(value, what)
    else parameters![key === 'fade' ? 'schedule' : key] = KEYS[key]!(value, what)
  }
  const operator = (operators[known] as (options: object) => Operator)(options!)
  const joint = operator.traits.includes('joint') ? { branch: 'both' } : {}
  return augment({ operator, at: at?.trim() || siteOf(operator), ...joint, ...parameters } as never)
}

/** Where an operator stands if nothing else is said. */
export function siteOf({ name, kind, traits }: Pick<Operator, 'name' | 'kind' | 'traits'>): string {
  if (kind === 'maps')
    throw new BadInput(`${name} takes feature maps: name a stage of the encoder, as in ${name}@stage2`)
  if (kind === 'tokens') return 'tokens'
  if (kind === 'negatives' || kind === 'scores') return kind
  return kind === 'pair' || traits.includes('target') ? 'unit' : 'projection'
}

function find<const T extends string>(what: string, word: string, names: readonly T[]): T {
  const found = names.find(name => name === word)
  if (found) return found
  throw new BadInput(
    `there is no ${what} named "${word}": nearest are ${nearest(word, names)}; known are ${names.join(', ')}`,
  )
}

function number(text: string, what: string): number {
  const value = Number(text)
  if (text === '' || !Number.isFinite(value)) throw new BadInput(`${what} must be a number, got "${text}"`)
  return value
}

function word(...known: readonly string[]): (text: string, what: string) => string {
  return (text, what) => {
    if (!known.includes(text)) throw new BadInput(`${what} must be ${known.join(' or ')}, got "${text}"`)
    return text
  }
}

/** An option that is a number, or true or false. */
const option = (text: string, what: string): number | boolean =>
  text === 'true' || text === 'false' ? text === 'true' : number(text, what)

function flowOf(text: string, what: string): unknown {
  const [name = '', amount] = text.split('=', 2)
  const known = find(`flow (${what})`, name, flowNames)
  if (known === 'scaled' || amount !== undefined) return { [known]: number(amount ?? '', `${what}=${known}`) }
  return known
}
