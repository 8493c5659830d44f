/**
 * Recorded training runs: the methods of the model library through `train`, one run of the
 * program per step. A momentum network follows at the end of a step. So it does in the cases of BYOL; in those of MoCo it
 * does at the beginning of the next one, which is the same but for the first (it changes nothing) and the last (momentum 1).
 */
import { type Module, parametersOf } from '../../compiler/index.js'
import type { FeatureAugmentation } from '../../models/index.js'
import type { Method } from '../../models/methods/method.js'
import { train } from '../../models/train.js'
import { augmented, flows } from './features.js'
import { type Any, type Attributes, f, type Tensors } from './language.js'
import { m } from './losses.js'
import { networkOf, valuesOf } from './models.js'
import { optimizerOf } from './optimizers.js'
import { type DescribesProgram, perRun, scalar, stacked } from './programs.js'

type Net = Module & ((x: Any) => Any)
interface Parts {
  readonly encoder: Net
  readonly projector: Net
  readonly predictor?: Net
  readonly attrs: Attributes
  /** What the current step is given: draws, `rate` and `momentum`. */
  readonly given: () => Tensors
  /** Rows of the queue. */
  readonly queue?: number
}

/** The augmentation of a case as an operator on the projections: the draws of view 1, then those of view 2. */
function augmentation({ attrs, given }: Parts, compose: 'add' | 'replace'): FeatureAugmentation {
  const { weight, flow, ...fa } = attrs.fa
  // A stopped copy in place of the feature is refused by the library, rightly: there the operator itself stops.
  const inside = flow === 'stop_aug' && compose === 'replace'
  const numbers = Object.keys(given()).flatMap(name => name.match(/^lam(\d+)$/)?.[1] ?? [])
  let view = 0
  const operator = m.operator({
    name: 'draws of the case',
    kind: 'rows',
    apply: (x: Any) =>
      augmented(x, given(), numbers[view++ % numbers.length]!, { ...fa, flow: inside ? flow : 'full' }),
  })
  return m.augment({
    operator,
    at: 'projection',
    branch: 'online',
    flow: inside ? 'full' : flows[flow]!,
    compose,
    ...(compose === 'add' && { weight }),
  })
}

const simclr = ({ encoder, projector, attrs, ...rest }: Parts): Method =>
  m.simclr({
    encoder,
    projector,
    temperature: attrs.loss.temperature,
    joint: attrs.joint_bn,
    ...(attrs.fa && { augment: augmentation({ encoder, projector, attrs, ...rest }, 'add') }),
  })
const moco = (parts: Parts): Method =>
  m.moco({
    encoder: parts.encoder,
    projector: parts.projector,
    queue: parts.queue,
    temperature: parts.attrs.loss.temperature,
    momentum: () => parts.given().momentum,
    ...(parts.attrs.fa && { augment: augmentation(parts, 'add') }),
  })
const ofSimsiam = (parts: Parts): Method =>
  m.simsiam({
    encoder: parts.encoder,
    projector: parts.projector,
    predictor: parts.predictor,
    ...(parts.attrs.fa && { augment: augmentation(parts, 'replace') }),
  })

const methods: Readonly<Record<string, (parts: Parts) => Method>> = {
  train_simclr: simclr,
  train_simclr_fa: simclr,
  train_simsiam: ofSimsiam,
  train_simsiam_fa: ofSimsiam,
  train_moco: moco,
  train_moco_fa: moco,
  train_byol: ({ given, attrs, ...parts }) => m.byol({ ...parts, momentum: () => given().momentum }),
  train_mocov3: ({ given, attrs, ...parts }) =>
    m.mocoV3({ ...parts, momentum: () => given().momentum, temperature: attrs.loss.temperature }),
  train_barlow: ({ encoder, projector, attrs }) =>
    m.barlow({ encoder, projector, loss: { ...attrs.loss, epsilon: attrs.loss.eps } }),
}

const run: DescribesProgram = (test, oracle) => {
  const { attrs, inputs, op } = test
  const { lrs, type, ...options } = attrs.optimizer
  const steps: number = lrs.length
  let given: Tensors = Object.fromEntries(Object.keys(inputs).map(name => [name, undefined as unknown as Any]))
  const chosen = methods[op]!({
    encoder: networkOf(attrs.encoder),
    projector: networkOf(attrs.projector),
    ...(attrs.predictor && { predictor: networkOf(attrs.predictor) }),
    ...(inputs.queue && { queue: inputs.queue.shape[0]! }),
    attrs,
    given: () => given,
  })
  const perStep = Object.keys(inputs)
    .filter(name => name !== 'queue')
    .map(name => ({ name, ...perRun(test, oracle, name, steps) }))
  const online = valuesOf(chosen, test, oracle)
  const targets = Object.entries(online).flatMap(([name, value]) =>
    name.startsWith('target.') ? [] : [[`target.${name}`, value] as const],
  )
  return {
    inputs: { rate: scalar, momentum: scalar, ...Object.fromEntries(perStep.map(({ name, type }) => [name, type])) },
    runs: (lrs as number[]).map((rate, i) => ({
      rate: Float32Array.of(rate),
      momentum: Float32Array.of(attrs.ema?.[op === 'train_byol' ? i : i + 1] ?? 1),
      ...Object.fromEntries(perStep.map(({ name, of }) => [name, of[i]!])),
    })),
    variables: {
      ...online,
      ...Object.fromEntries(targets),
      ...(inputs.queue && { queue: oracle.tensor(test, 'in/queue', inputs.queue) }),
    },
    body(step) {
      given = step
      const { loss } = train(
        chosen,
        optimizerOf[type]!(() => step.rate, options),
        [step.x1, step.x2],
      )
      const gradients: Tensors = f.grad(loss, Object.fromEntries(parametersOf(chosen).map(p => [p.name, p.tensor])))
      return { loss, ...Object.fromEntries(Object.entries(gradients).map(([name, g]) => [`grad/${name}`, g])) }
    },
    results(runs, variables) {
      const one = (output: string) => {
        const [kind, name] = [output.split('/')[0]!, output.slice(output.indexOf('/') + 1)]
        if (kind === 'losses') return stacked(runs, 'loss')
        if (kind === 'step0_grad') return runs[0]![`grad/${name}`]
        if (kind === 'final_queue') return variables.queue
        return variables[kind === 'final_target' ? `target.${name}` : name]
      }
      return Object.fromEntries(
        Object.keys(test.outputs).flatMap(name => {
          const value = one(name)
          return value ? [[`out/${name}`, value]] : []
        }),
      )
    },
  }
}

export const training: Readonly<Record<string, DescribesProgram>> = Object.fromEntries(
  Object.keys(methods).map(name => [name, run]),
)
