/**
 * Weights from elsewhere: tensors under torchvision's names, which the encoders' variables have too. What does not fit is
 * said in full, before anything is written.
 */
import { nearest } from '../compiler/graph/nearest.js'
import { BadInput } from '../runtime/errors.js'
import type { Session } from '../runtime/run.js'
import type { Tensors } from '../runtime/safetensors.js'
import { arrayOf } from '../runtime/values.js'

/** What `importWeights` may be told. */
export interface ImportOptions {
  /**
   * The module of the program that gets the weights, by its path: `'encoder'` for that of a method. Default: the whole
   * program but for seed, step and what optimizers keep.
   */
  readonly to?: string
  /** The path of the weights in the file; the others are left out. `'module.encoder_q'` for a checkpoint of MoCo's authors. Default: none. */
  readonly prefix?: string
  /** Paths, below `prefix`, of tensors to leave out: `['fc']` for the classifier of a ResNet. Default: none. */
  readonly ignore?: readonly string[]
}

/**
 * Gives the variables of a module the values of `tensors` with the same names, below `to` here and `prefix` there: those
 * of a safetensors file, say. PyTorch's counters `num_batches_tracked` are left out. Momentum networks that start as
 * copies are modules of their own: `to: 'target.encoder'`. Returns the names of the variables written. Throws `BadInput`,
 * having written nothing, that names variables without a tensor, tensors without a variable, and differing shapes.
 *
 * ```ts
 * const { tensors } = readSafetensors(readFileSync('resnet18.safetensors'))
 * importWeights(session, tensors, { to: 'encoder', ignore: ['fc'] })
 * ```
 */
export function importWeights(session: Session, tensors: Tensors, options: ImportOptions = {}): string[] {
  const { to = '', prefix = '', ignore = [] } = options
  const variables = new Map(
    session.program.variables
      .filter(({ name }) => !RUN.some(path => isBelow(name, path)) && isBelow(name, to))
      .map(variable => [below(variable.name, to), variable]),
  )
  if (variables.size === 0) {
    const paths = [...new Set(session.program.variables.map(({ name }) => name.split('.').slice(0, -1).join('.')))]
    throw new BadInput(`the program has no variables below ${to}: the nearest paths are ${nearest(to, paths)}.`)
  }
  const given = new Map(
    Object.entries(tensors)
      .filter(([name]) => isBelow(name, prefix))
      .map(([name, tensor]) => [below(name, prefix), tensor] as const)
      .filter(([name]) => !name.endsWith('num_batches_tracked') && !ignore.some(path => isBelow(name, path))),
  )

  const missing = [...variables.keys()].filter(name => !given.has(name))
  const unexpected = [...given.keys()].filter(name => !variables.has(name))
  const unlike = [...variables].flatMap(([name, { shape, dtype }]) => {
    const tensor = given.get(name)
    if (!tensor || (tensor instanceof arrayOf(dtype) && tensor.shape.join() === shape.join())) return []
    const found = `${tensor.constructor.name} [${tensor.shape.join(', ')}]`
    return [`${name} is ${found} in the file and ${dtype} [${shape.join(', ')}] in the program`]
  })
  // A misspelt name is both missing and unexpected: each is offered names of the other kind.
  const offer = (others: readonly string[]) => (name: string) =>
    others.length === 0 ? name : `${name} (nearest: ${nearest(name, others)})`
  const problems = [
    ...listed('no tensor for', missing, offer(unexpected)),
    ...listed('no variable for', unexpected, offer(missing)),
    ...listed('', unlike, sentence => sentence),
  ]
  if (problems.length > 0) {
    const way = unexpected.length > 0 ? '; tensors that are not wanted can be named in ignore' : ''
    throw new BadInput(
      `the weights${prefix && ` below ${prefix}`} do not fit the variables${to && ` below ${to}`}: ${problems.join('; ')}${way}.`,
    )
  }
  session.writeVariables(
    Object.fromEntries([...variables].map(([name, variable]) => [variable.name, given.get(name)!])),
  )
  return [...variables.values()].map(({ name }) => name)
}

/** Variables of a run that are nobody's weights. */
const RUN = ['seed', 'step', 'optimizer', 'lossScale']
const isBelow = (name: string, path: string): boolean => path === '' || name === path || name.startsWith(`${path}.`)
const below = (name: string, path: string): string => (path === '' ? name : name.slice(path.length + 1))

/** The first three of a kind of problem, and how many more there are. */
const listed = (kind: string, names: readonly string[], show: (name: string) => string): string[] =>
  names.length === 0
    ? []
    : [
        [kind, names.slice(0, 3).map(show).join(', ')].filter(Boolean).join(' ') +
          (names.length > 3 ? ` and ${names.length - 3} more` : ''),
      ]
