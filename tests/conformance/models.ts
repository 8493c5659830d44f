/** Networks with given weights, forward and backward, built of the model library under the names that the cases give. */
import { type Module, module, parametersOf, variablesOf } from '../../compiler/index.js'
import type { Result } from './compare.js'
import { type Any, type Attributes, f, type Tensors } from './language.js'
import { m } from './losses.js'
import type { Oracle, OracleCase, Stored } from './oracle.js'
import type { CaseProgram, DescribesProgram } from './programs.js'

type Part = Module & ((x: Any) => Any)

const layers: Readonly<Record<string, (attrs: Attributes) => (x: Any) => Any>> = {
  linear: ({ in: from, out, bias = true }) => m.linear(from, out, { bias }),
  conv: ({ in: from, out, kernel, stride = 1, padding = 0, bias = true }) =>
    m.conv(from, out, kernel, { stride, padding, bias }),
  bn: ({ features, affine = true }) => m.batchNorm(features, { affine }),
  relu: () => f.relu,
  gelu: () => f.gelu,
  flatten: () => x => f.reshape(x, [x.shape[0], -1]),
  global_avg_pool: () => x => m.globalAveragePool(x),
}
/** Layers one after the other, those with variables under their names. */
export const networkOf = (list: readonly Attributes[]): Part =>
  module(({ use }) => {
    const steps = list.map(({ type, name, ...attrs }): ((x: Any) => Any) => {
      const make = layers[type]
      if (!make) throw new Error(`no mapping for the layer ${type}`)
      return name ? use(name, make(attrs)) : make(attrs)
    })
    return (x: Any) => steps.reduce((value, step) => step(value), x)
  })

/** The values of large networks: a hash of the position, so that they need not be stored. */
function procedural({ shape, seed, lo, hi }: OracleCase['procedural'][string]): Float32Array {
  const size = shape.reduce((a, b) => a * b, 1)
  const key = Math.imul(seed, 0x85ebca77)
  return Float32Array.from({ length: size }, (_, i) => {
    let h = Math.imul(i, 0x9e3779b1) ^ key
    h = Math.imul(h ^ (h >>> 16), 0x7feb352d)
    h = Math.imul(h ^ (h >>> 15), 0x846ca68b)
    h ^= h >>> 16
    return lo + (hi - lo) * ((h >>> 8) / 2 ** 24)
  })
}

/** What the variables of a network hold at first. */
export function valuesOf(net: Module, test: OracleCase, oracle: Oracle): Record<string, Stored> {
  const stored = (kind: 'param' | 'buffer', shapes: Readonly<Record<string, number[]>>) =>
    Object.entries(shapes).map(([name, shape]): [string, Stored] => [
      name,
      oracle.tensor(test, `${kind}/${name}`, { shape, dtype: 'F32' }),
    ])
  const initial = variablesOf(net).flatMap(({ name, tensor }): [string, Stored][] => {
    const value = test.buffer_init[name.split('.').at(-1)!]
    return value === undefined ? [] : [[name, new Float32Array(tensor.shape.reduce((a, b) => a * b, 1)).fill(value)]]
  })
  const made = Object.entries(test.procedural).map(([name, how]): [string, Stored] => [name, procedural(how)])
  return Object.fromEntries([...initial, ...made, ...stored('param', test.params), ...stored('buffer', test.buffers)])
}

/** A case that runs a network once: its outputs, and the gradients of its loss. */
const network =
  (
    build: (attrs: Attributes, test: OracleCase) => { net: Module; outputs: (inputs: Tensors) => Tensors },
  ): DescribesProgram =>
  (test, oracle): CaseProgram => {
    const { net, outputs } = build(test.attrs, test)
    const condensed: readonly string[] = test.attrs.grad_names ?? []
    return {
      inputs: test.inputs,
      runs: [
        Object.fromEntries(
          Object.entries(test.inputs).map(([name, type]) => [name, oracle.tensor(test, `in/${name}`, type)]),
        ),
      ],
      variables: valuesOf(net, test, oracle),
      body(given) {
        const found = test.attrs.training === false ? f.evaluating(() => outputs(given)) : outputs(given)
        const leaves = Object.fromEntries(parametersOf(net).map(({ name, tensor }) => [name, tensor]))
        const wanted = [...Object.keys(test.grads), ...(condensed.length ? [...condensed, 'x'] : [])]
        const unknown = wanted.find(name => !leaves[name] && !given[name])
        if (unknown) throw new Error(`the gradient of ${unknown} is asked for, and the network has no such parameter`)
        const gradients = f.grad(
          found.loss,
          Object.fromEntries(wanted.map(name => [name, leaves[name] ?? given[name]])),
        )
        return {
          ...Object.fromEntries(Object.entries(found).filter(([name]) => name in test.outputs)),
          ...Object.fromEntries(wanted.map(name => [`grad/${name}`, gradients[name]])),
        }
      },
      results([run], variables) {
        const one = (name: string): Result | undefined => {
          if (name === 'grad_x') return run!['grad/x']
          if (name === 'grad_norms' || name === 'grad_heads') return condense(name, condensed, run!)
          return name.startsWith('buffer/') ? variables[name.slice('buffer/'.length)] : run![name]
        }
        return Object.fromEntries([
          ...Object.keys(test.outputs).map(name => [`out/${name}`, one(name)]),
          ...Object.keys(test.grads).map(name => [`grad/${name}`, run![`grad/${name}`]]),
        ])
      },
    }
  }

/** The norm, or the first 8 elements, of the named gradients. */
function condense(
  kind: 'grad_norms' | 'grad_heads',
  names: readonly string[],
  run: Readonly<Record<string, Result>>,
): Result {
  const gradients = names.map(name => Float64Array.from(run[`grad/${name}`]!.data))
  if (kind === 'grad_norms')
    return { shape: [names.length], data: gradients.map(g => Math.sqrt(g.reduce((sum, x) => sum + x * x, 0))) }
  const head = (g: Float64Array): number[] => Array.from({ length: 8 }, (_, i) => g[i] ?? 0)
  return { shape: [names.length, 8], data: gradients.flatMap(head) }
}

export const networks: Readonly<Record<string, DescribesProgram>> = {
  sequential: network(({ layers }) => {
    const net: Part = module(({ use }) => use('net', networkOf(layers)))
    return {
      net,
      outputs({ x, labels }) {
        const logits = net(x!)
        return { logits, loss: f.crossEntropy(logits, labels) }
      },
    }
  }),
  vit_block: network(({ dim, heads, mlp }) => {
    const net: Part = m.transformerBlock(dim, { heads, mlp, eps: 1e-6 })
    return {
      net,
      outputs({ x, cot }) {
        const y = net(x!)
        return { y, loss: f.sum(f.mul(y, cot)) }
      },
    }
  }),
  vit: network(({ dim, heads, mlp, depth, patch, classes }, { inputs }) => {
    const [, channels, ...size] = inputs.x!.shape
    return classified(m.vit({ size, patch, features: dim, depth, heads, mlp, channels }), 'head', classes)
  }),
  resnet: network(({ block, layers, width, stem, classes }, { inputs }) =>
    classified(m.resnet({ block, layers, width, stem, channels: inputs.x!.shape[1] }), 'fc', classes, [
      'stem',
      'layer1',
      'layer2',
      'layer3',
      'layer4',
    ]),
  ),
}

/** An encoder with a linear classifier on its features; `sites` are the outputs `stage0`, `stage1`, ... */
function classified(encoder: Part, name: string, classes: number, sites: readonly string[] = []) {
  let classify!: (x: Any) => Any
  const net = module(({ use }) => {
    const inner: (x: Any, at: unknown) => Any = use('', encoder)
    classify = use(name, m.linear((encoder as any).features, classes))
    return inner
  })
  return {
    net,
    outputs({ x, labels }: Tensors): Tensors {
      const stages: Record<string, Any> = {}
      const keep = (stage: number) => (value: Any) => (stages[`stage${stage}`] = value)
      const features = net(x!, Object.fromEntries(sites.map((site, i) => [site, keep(i)])))
      const logits = classify(features)
      return { features, logits, loss: f.crossEntropy(logits, labels), ...stages }
    },
  }
}
