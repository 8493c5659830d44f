/**
 * Weights from elsewhere and for elsewhere: tensors under torchvision's names, which the encoders' variables have too, and under
 * detectron2's. What does not fit is said in full, before anything is written.
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

/**
 * A ResNet's tensors under the names of detectron2's backbone (`stem.conv1.weight`, `res2.0.conv1.norm.running_mean`,
 * `res3.0.shortcut.weight`), from those of torchvision, which the encoder's variables have below its path. Throws `BadInput` for tensors
 * of another encoder, and for a first convolution that is not detectron2's, 7x7. Source: the names of `BasicStem`, `BasicBlock` and
 * `BottleneckBlock` in detectron2, `modeling/backbone/resnet.py`.
 */
export function detectron2Names(tensors: Tensors): Tensors {
  const renamed = Object.entries(tensors).map(([name, tensor]) => {
    const [, layer, place, part] = /^(?:layer([1-4])\.(\d+)\.)?(\w+(?:\.[01])?)\.\w+$/.exec(name) ?? []
    const known = part && (layer ? DETECTRON2_BLOCK[part] : DETECTRON2_STEM[part])
    if (!known)
      throw new BadInput(
        `${name} is no tensor of a ResNet, which detectron2's names are for: use those of torchvision.`,
      )
    const path = layer ? `res${Number(layer) + 1}.${place}` : 'stem'
    return [`${path}.${known}${name.slice(name.lastIndexOf('.'))}`, tensor] as const
  })
  const first = tensors['conv1.weight']
  if (first?.shape.slice(2).join() !== '7,7')
    throw new BadInput(
      `conv1.weight is [${first?.shape.join(', ')}], and the first convolution of detectron2's ResNet is 7x7: pretrain with the stem imagenet, or use torchvision's names.`,
    )
  return Object.fromEntries(renamed)
}
const DETECTRON2_STEM: Readonly<Record<string, string>> = { conv1: 'conv1', bn1: 'conv1.norm' }
const DETECTRON2_BLOCK: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [1, 2, 3].flatMap(i => [
      [`conv${i}`, `conv${i}`],
      [`bn${i}`, `conv${i}.norm`],
    ]),
  ),
  'downsample.0': 'shortcut',
  'downsample.1': 'shortcut.norm',
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
