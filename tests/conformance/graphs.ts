/** Whole expressions given as straight-line programs, stopped gradients, and second derivatives. */
import { type Any, type Builds, f, ofX, type Tensors } from './language.js'

interface Step {
  readonly op: string
  readonly in: readonly string[]
  readonly out: string
  readonly [attribute: string]: any
}

const steps: Readonly<Record<string, (inputs: readonly Any[], step: Step) => Any>> = {
  add: ([a, b]) => f.add(a, b),
  sub: ([a, b]) => f.sub(a, b),
  mul: ([a, b]) => f.mul(a, b),
  div1: ([a, b]) => f.div(a, f.add(f.square(b), 1)),
  neg: ([a]) => f.neg(a),
  tanh: ([a]) => f.tanh(a),
  sigmoid: ([a]) => f.sigmoid(a),
  relu: ([a]) => f.relu(a),
  gelu: ([a]) => f.gelu(a),
  softplus: ([a]) => f.softplus(a),
  sqrt1: ([a]) => f.sqrt(f.add(f.square(a), 1)),
  square: ([a]) => f.square(a),
  exp_tanh: ([a]) => f.exp(f.tanh(a)),
  sum: ([a], { axes, keepdim }) => f.sum(a, axes, { keepdims: keepdim }),
  mean: ([a], { axes, keepdim }) => f.mean(a, axes, { keepdims: keepdim }),
  max: ([a], { axes, keepdim }) => f.max(a, axes, { keepdims: keepdim }),
  softmax: ([a], { axis }) => f.softmax(a, axis),
  log_softmax: ([a], { axis }) => f.logSoftmax(a, axis),
  matmul: ([a, b]) => f.matmul(a, b),
  permute: ([a], { perm }) => f.permute(a, perm),
  reshape: ([a], { shape }) => f.reshape(a, shape),
  concat: (parts, { axis }) => f.concatAll(parts, axis),
  slice: ([a], { axis, start, stop }) => f.slice(a, axis, start, stop),
  where_gt: ([a, b]) => f.select(f.greater(a, b), a, f.mul(b, 0.5)),
  l2norm: ([a], { axis }) => f.normalize(a, axis, 1e-12),
  layer_norm([a]) {
    const centred = f.sub(a, f.mean(a, [-1], { keepdims: true }))
    return f.mul(centred, f.rsqrt(f.add(f.mean(f.square(centred), [-1], { keepdims: true }), 1e-5)))
  },
  stop_gradient: ([a]) => f.stopGradient(a),
}

function results(inputs: Tensors, { program, outputs }: Readonly<Record<string, any>>): [name: string, value: Any][] {
  const values: Record<string, Any> = { ...inputs }
  for (const step of program as Step[]) {
    const build = steps[step.op]
    if (!build) throw new Error(`no mapping for the step ${step.op}`)
    values[step.out] = build(
      step.in.map(name => values[name]!),
      step,
    )
  }
  return (outputs as string[]).map(name => [name, values[name]!])
}

export const graphs: Builds = {
  dropout_mask: ({ x, mask }, { p }) => f.mul(f.mul(x, f.cast(mask, 'f32')), 1 / (1 - p)),
  stop_gradient: ofX(x => f.add(f.mul(x, f.stopGradient(f.exp(x))), f.stopGradient(x))),
  straight_through: ofX(x => f.straightThrough(f.round(x), x)),
  graph: (inputs, attrs) => Object.fromEntries(results(inputs, attrs)),
  // The gradient of `sum_j <g_j, v_j>` is the Hessian times `v`.
  hvp(inputs, attrs) {
    const [[, loss]] = results(inputs, attrs) as [[string, Any]]
    const names = Object.keys(inputs).filter(name => `v_${name}` in inputs)
    const wrt = Object.fromEntries(names.map(name => [name, inputs[name]]))
    const first = f.grad(loss, wrt)
    const along = names.map(name => f.sum(f.mul(first[name], inputs[`v_${name}`]))).reduce((a, b) => f.add(a, b))
    const second = f.grad(along, wrt)
    const named = (prefix: string, gradients: Tensors) => names.map(name => [`${prefix}_${name}`, gradients[name]])
    return Object.fromEntries([['loss', loss], ...named('g', first), ...named('h', second)])
  },
}
