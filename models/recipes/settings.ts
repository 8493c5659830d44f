/** Parts of a recipe that can be set by name, as a command line or a study does. */
import { nearest } from '../../compiler/graph/nearest.js'
import { BadInput } from '../../runtime/errors.js'
import { methods } from '../methods/index.js'
import { checkEncoder, encoderNames, withoutOthers } from './encoders.js'
import type { Listed } from './listed.js'
import { type MethodName, methodNames, type Recipe } from './recipe.js'

type Kind = 'number' | 'count' | 'flag' | 'name' | readonly string[]
/** What may be set, and as what; `projector.out` is part `out` of the projector. */
const settings: Readonly<Record<string, Kind>> = {
  epochs: 'number',
  steps: 'count',
  batch: 'count',
  accumulate: 'count',
  'clip.norm': 'number',
  'clip.value': 'number',
  precision: ['f32', 'f16'],
  encoder: encoderNames,
  width: 'count',
  patch: 'count',
  depth: 'count',
  pool: ['class', 'mean'],
  stem: ['cifar', 'imagenet'],
  stemPadding: 'count',
  splits: 'count',
  zeroInitResidual: 'flag',
  joint: 'flag',
  shuffle: 'flag',
  'projector.out': 'count',
  'projector.hidden': 'count',
  'projector.layers': 'count',
  'projector.batchNorm': 'flag',
  'predictor.hidden': 'count',
  prototypes: 'count',
  frozenEpochs: 'number',
  temperature: 'number',
  teacherTemperature: 'number',
  'teacherRise.from': 'number',
  'teacherRise.epochs': 'number',
  queue: 'count',
  queueEpochs: 'number',
  hidden: 'number',
  patchWeight: 'number',
  patchTemperature: 'number',
  blocks: 'count',
  blockScale: 'number',
  'teller.width': 'count',
  'teller.depth': 'count',
  'teller.heads': 'count',
  group: 'count',
  rho: 'number',
  symmetric: 'flag',
  variant: ['out', 'in', 'sum-in'],
  targetMomentum: 'number',
  targetMomentumEnd: 'number',
  scale: 'number',
  lambda: 'number',
  varianceWeight: 'number',
  optimizer: ['sgd', 'lars', 'adamw'],
  'lars.eta': 'number',
  'lars.clip': 'flag',
  'lars.rateInMomentum': 'flag',
  learningRate: 'number',
  momentum: 'number',
  beta2: 'number',
  weightDecay: 'number',
  decayAll: 'flag',
  warmup: 'number',
  warmupStart: 'number',
  fixedPredictorRate: 'flag',
  views: 'name',
}

/** What `changed` can set. */
export const settingNames: readonly string[] = Object.keys(settings)

/** What only some methods have: settings that methods name, and those that come with a predictor. What is nobody's is for all. */
const PREDICTING = ['predictor', 'symmetric']
const special = new Set<string>(
  methodNames.flatMap(name => methods[name].takes ?? []).concat([...PREDICTING, 'fixedPredictorRate'] as never),
)
const takes = (method: MethodName, part: string): boolean => {
  const { predictor, takes = [] }: Listed = methods[method]
  if (part === 'fixedPredictorRate') return predictor === 'needed'
  return (takes as readonly string[]).includes(part) || (PREDICTING.includes(part) && predictor !== 'none')
}

/**
 * The recipe with parts of it set: `changed(recipe('simsiam-cifar10'), { epochs: '2', 'projector.out': '512' })`. Values are text
 * as on a command line, or of their own type. Setting
 * the batch, or how many are accumulated, scales the learning rate with it; setting epochs makes them the length; setting the encoder leaves
 * out what only the one before it had. Throws `BadInput` for a name that is not known, with the nearest, for one that the method or the
 * encoder has no use for, and for a value of another kind.
 */
export function changed(given: Recipe, changes: Readonly<Record<string, string | number | boolean>>): Recipe {
  const { steps: _, ...long } = given
  let result = { ...('epochs' in changes ? long : given) } as Record<string, unknown>
  for (const [name, value] of Object.entries(changes)) {
    const kind = Object.hasOwn(settings, name) ? settings[name]! : undefined
    if (!kind) {
      throw new BadInput(
        `a recipe has no ${name}: did you mean ${nearest(name, settingNames)}? What can be set: ${settingNames.join(', ')}`,
      )
    }
    const [part, inner] = name.split('.') as [string, string | undefined]
    if (special.has(part) && !takes(given.method, part)) {
      const others = methodNames.filter(method => takes(method, part))
      throw new BadInput(`${given.method} has no ${name}: it is a setting of ${others.join(', ')}`)
    }
    const read = readAs(name, kind, value)
    result = { ...result, [part]: inner ? { ...(result[part] as object), [inner]: read } : read }
  }
  const next = withoutOthers(result as unknown as Recipe, Object.keys(changes))
  checkEncoder(next)
  if (next.clip && 'norm' in next.clip && 'value' in next.clip)
    throw new BadInput('a recipe takes clip.norm or clip.value, got both: clip by one of them')
  const scales = ('batch' in changes || 'accumulate' in changes) && !('learningRate' in changes)
  return scales ? { ...next, learningRate: given.learningRate * (together(next) / together(given)) } : next
}

/** Throws `BadInput` where so many steps of a recipe would end within a group of accumulated batches, which would be lost. */
export function checkSteps({ accumulate = 1 }: Recipe, steps: number): void {
  if (!(Number.isInteger(accumulate) && accumulate >= 1))
    throw new BadInput(`accumulate of a recipe takes a whole number from 1 on, got ${accumulate}`)
  const whole = accumulate * Math.ceil(steps / accumulate)
  if (whole !== steps)
    throw new BadInput(
      `${steps} steps end within a group of accumulate=${accumulate}, whose batches would be lost: take ${whole} steps`,
    )
}

/** Examples behind one move of the parameters. */
const together = ({ batch, accumulate = 1 }: Recipe): number => batch * accumulate

function readAs(name: string, kind: Kind, value: string | number | boolean): unknown {
  const text = `${value}`.trim()
  const number = text === '' ? Number.NaN : Number(text)
  const read = (holds: boolean, result: unknown, what: string): unknown => {
    if (holds) return result
    throw new BadInput(`${name} of a recipe takes ${what}, got ${JSON.stringify(text)}`)
  }
  if (kind === 'name') return read(text !== '', text, 'a name')
  if (kind === 'flag') return read(text === 'true' || text === 'false', text === 'true', 'true or false')
  if (kind === 'number') return read(number >= 0 && number < Infinity, number, 'a number from 0 on')
  if (kind === 'count') return read(Number.isInteger(number) && number > 0, number, 'a whole number from 1 on')
  return read(kind.includes(text), text, `one of ${kind.join(', ')}`)
}
