/**
 * The peers' workloads (`workloads.mjs` of the peer harness) as entries in the language. What a workload calls inputs and
 * outputs are variables here, so that they stay on the device from run to run, as they do in the other peers.
 */
import { backward } from '../../compiler/gradient/reverse.js'
import {
  add,
  cast,
  concat,
  constant,
  conv2d,
  dot,
  type Entry,
  entry,
  equal,
  iota,
  logsumexp,
  matmul,
  mean,
  mul,
  relu,
  reshape,
  rsqrt,
  select,
  sigmoid,
  slice,
  softmax,
  square,
  stopGradient,
  sub,
  sum,
  transpose,
  type Untyped,
  update,
  variance,
} from '../../compiler/index.js'
import { type Module, parametersOf, type Variable, variable } from '../../compiler/language/module.js'
import { descend, ntXent, projector, resnet18, sgd } from '../../models/index.js'
import { BadInput } from '../../runtime/errors.js'

export interface Workload {
  readonly id: string
  readonly kind: string
  readonly inputs: Readonly<Record<string, { readonly shape: readonly number[]; readonly param?: boolean }>>
  readonly outputs?: readonly string[]
  readonly half?: boolean
  /** Sizes and constants that differ from kind to kind (`eps`, `tau`, `a`). */
  readonly [constant: string]: unknown
}
export interface BenchProgram {
  readonly entry: Entry
  /** Variables that hold the results after a run; a training step has the output `loss` instead. */
  readonly results: readonly string[]
}

type Values = Readonly<Record<string, Untyped>>
const zeros = (shape: number[]): Untyped => constant(0, shape) as Untyped

/** Throws `BadInput` for a kind of workload that is not known here. */
export function benchProgram(workload: Workload): BenchProgram {
  const dtype = workload.half && workload.kind !== 'resnet' ? 'f16' : 'f32'
  const stored = (name: string, kind: 'parameter' | 'state', shape: readonly number[]): Variable =>
    variable(
      () => name,
      kind,
      [...shape],
      sizes => cast(zeros(sizes), dtype) as Untyped,
      dtype,
    )
  const inputs = Object.entries(workload.inputs).map(([name, { shape, param }]) =>
    stored(name, param ? 'parameter' : 'state', shape),
  )
  const values: Values = Object.fromEntries(
    inputs.map(({ name, tensor }) => [name, cast(tensor as Untyped, 'f32') as Untyped]),
  )
  const given = inputs.filter(({ kind }) => kind === 'parameter')
  const loss = losses[workload.kind]
  if (loss) return { entry: entry({}, () => trainingStep(workload, loss(values, workload), given)), results: [] }
  if (workload.kind === 'resnet') return { entry: residualStep(workload, values), results: [] }
  const formula = formulas[workload.kind]
  if (!formula) throw new BadInput(`workload ${workload.id} is of kind ${workload.kind}, which has no program here.`)
  const results = workload.outputs ?? ['y']
  const variables = new Map<string, Variable>()
  const body = () => {
    const made = formula(values, workload)
    for (const name of results) {
      const value = made[name]!
      const kept = variables.get(name) ?? stored(name, 'state', value.shape)
      variables.set(name, kept)
      update(kept.tensor, cast(value, dtype) as Untyped)
    }
    return {}
  }
  return { entry: entry({}, body), results }
}

const number = (workload: Workload, name: string): number => workload[name] as number

type Formula = (values: Values, workload: Workload) => Values
const convolve = (x: Untyped, w: Untyped): Untyped => conv2d(x, w, { padding: 1 })
const formulas: Readonly<Record<string, Formula>> = {
  matmul: ({ a, b }) => ({ y: dot(a!, b!) }),
  conv: ({ x, w }) => ({ y: convolve(x!, w!) }),
  convgrad({ x, w, dy }) {
    const y = convolve(x!, w!)
    const [dx, dw] = backward([[y, dy!]], [x!, w!]) as Untyped[]
    return { y, dx: dx!, dw: dw! }
  },
  copy: ({ x }) => ({ y: x! }),
  softmax: ({ x }) => ({ y: softmax(x!, -1) }),
  layernorm: ({ x, g, b }, w) => ({ y: normalized(x!, [1], g!, b!, number(w, 'eps')) }),
  batchnorm: ({ x, g, b }, w) => ({ y: batchNormalized(x!, g!, b!, number(w, 'eps')) }),
  elementwise: ({ x }, w) => ({
    y: add(mul(relu(add(mul(x!, number(w, 'a')), number(w, 'b'))), sigmoid(x!)), x!),
  }),
}

function normalized(x: Untyped, axes: number[], scale: Untyped, shift: Untyped, eps: number): Untyped {
  const center = mean(x, axes, { keepdims: true }) as Untyped
  const spread = variance(x, axes, { keepdims: true }) as Untyped
  return add(mul(mul(sub(x, center), rsqrt(add(spread, eps))), scale), shift)
}
const batchNormalized = (x: Untyped, scale: Untyped, shift: Untyped, eps: number): Untyped => {
  const along = (perChannel: Untyped): Untyped => reshape(perChannel, [perChannel.shape[0]!, 1, 1]) as Untyped
  return normalized(x, [0, 2, 3], along(scale), along(shift), eps)
}

// Training steps

type Loss = (values: Values, workload: Workload) => Untyped
/** `v / sqrt(sum(v v) + eps)` by row. */
const unit = (v: Untyped, eps: number): Untyped => mul(v, rsqrt(add(sum(square(v), -1, { keepdims: true }), eps)))
const dense = (x: Untyped, values: Values, name: string): Untyped =>
  add(matmul(x, values[`${name}_w`]!), values[`${name}_b`]!)

const losses: Readonly<Record<string, Loss>> = {
  simsiam(values, w) {
    const eps = number(w, 'eps')
    const branch = (x: Untyped) => {
      const h = relu(dense(relu(dense(x, values, 'enc1')), values, 'enc2'))
      const z = dense(h, values, 'proj')
      return { z, p: dense(relu(dense(z, values, 'pred1')), values, 'pred2') }
    }
    const [one, two] = [branch(values.x1!), branch(values.x2!)]
    const similarity = (p: Untyped, z: Untyped): Untyped =>
      mean(sum(mul(unit(p, eps), unit(stopGradient(z) as Untyped, eps)), -1))
    return mul(add(similarity(one.p, two.z), similarity(two.p, one.z)), -0.5)
  },
  simclr(values, w) {
    const [eps, bnEps, tau, batch] = ['eps', 'bnEps', 'tau', 'B'].map(name => number(w, name)) as [
      number,
      number,
      number,
      number,
    ]
    let x: Untyped = concat(values.x1!, values.x2!, 0)
    for (const layer of ['c1', 'c2', 'c3']) {
      const y = conv2d(x, values[`${layer}_w`]!, { stride: 2, padding: 1 }) as Untyped
      x = relu(batchNormalized(y, values[`${layer}_g`]!, values[`${layer}_b`]!, bnEps))
    }
    const z = unit(dense(mean(x, [2, 3]) as Untyped, values, 'proj'), eps)
    const rows = 2 * batch
    const self = equal(iota([rows, rows], 0), iota([rows, rows], 1)) as Untyped
    const scores = select(self, -1e9, mul(dot(z, transpose(z) as Untyped), 1 / tau)) as Untyped
    const half = (from: number): Untyped => slice(z, 0, from, from + batch) as Untyped
    const positive = mean(sum(mul(half(0), half(batch)), -1) as Untyped)
    return sub(mean(logsumexp(scores, -1) as Untyped), mul(positive, 1 / tau))
  },
}

/** The SimCLR step of `torch_baseline.py`: ResNet-18 with the CIFAR stem, a two-layer projector, NT-Xent over both views. */
function residualStep(workload: Workload, values: Values): Entry {
  const features = 8 * number(workload, 'width')
  const encoder = resnet18({ stem: 'cifar', width: number(workload, 'width') }) as unknown as Network
  const head = projector(features, { out: 128, hidden: 512 }) as unknown as Network
  return entry({}, () => {
    const z = head(encoder(concat(values.x1!, values.x2!, 0) as Untyped))
    const half = (from: number): Untyped => slice(z, 0, from, from + number(workload, 'B')) as Untyped
    const loss = ntXent(half(0), half(number(workload, 'B')), number(workload, 'tau')) as Untyped
    return trainingStep(workload, loss, [encoder, head].flatMap(parametersOf))
  })
}
type Network = Module & ((x: Untyped) => Untyped)

/** Gradients of the loss, and `v = momentum v + g; p -= lr v` for every parameter. */
function trainingStep(workload: Workload, loss: Untyped, parameters: readonly Variable[]) {
  const gradients = backward(
    [[loss, constant(1, [])]],
    parameters.map(({ tensor }) => tensor),
  )
  const { lr, momentum, weightDecay } = workload as Workload & Record<'lr' | 'momentum' | 'weightDecay', number>
  const optimizer = sgd({ learningRate: lr, momentum, ...(weightDecay ? { weightDecay } : {}) })
  descend(optimizer, parameters, gradients, constant(0, [], 'u32') as never)
  return { loss }
}
