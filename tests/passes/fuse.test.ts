/** Fusion, shown as the kernels that small programs become: expressions dissolve, epilogues and rows share a kernel. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile, compileGraphs } from '../../compiler/compile.js'
import { backward } from '../../compiler/gradient/reverse.js'
import { type Graph, variableOperation } from '../../compiler/graph/graph.js'
import { apply, type Tensor, type Untyped } from '../../compiler/graph/node.js'
import { type Kernel, printKernel, reads } from '../../compiler/kernels/kernel.js'
import { portable } from '../../compiler/kernels/target.js'
import { entry, u8 } from '../../compiler/language/entry.js'
import { mean, softmax, variance } from '../../compiler/language/math.js'
import {
  add,
  argmax,
  concat,
  constant,
  conv2d,
  dot,
  exp,
  flip,
  matmul,
  max,
  mul,
  pad,
  permute,
  relu,
  reshape,
  rsqrt,
  sqrt,
  sub,
  sum,
} from '../../compiler/ops/index.js'
import { input } from '../device.js'
import { golden } from '../golden.js'

const x = (name: string, ...shape: number[]) => input(name, shape) as Untyped

const parameter = (name: string, ...shape: number[]) =>
  apply(variableOperation, [], { name, shape, dtype: 'f32', kind: 'parameter' }) as Untyped

function kernelsOf(
  outputs: Record<string, Tensor>,
  inputs: Tensor[],
  storageBuffers = 8,
  updates: Graph['updates'] = [],
): readonly Kernel[] {
  const graph: Graph = { name: 'g', inputs, outputs, updates }
  let kernels: readonly Kernel[] = []
  compileGraphs([graph], {
    target: { ...portable, storageBuffers },
    observe: stage => {
      if (stage.name === 'kernels') kernels = stage.kernels
    },
  })
  return kernels
}
function text(kernels: readonly Kernel[]): string {
  const names = new Map<Tensor, string>()
  const nameOf = (tensor: Tensor) => {
    if (!names.has(tensor)) names.set(tensor, tensor.attributes.name ?? `${tensor.operation.name}${names.size}`)
    return names.get(tensor)!
  }
  return kernels.map(kernel => printKernel(kernel, nameOf)).join('\n')
}

const programs: Record<string, () => readonly Kernel[]> = {
  'elementwise chain and movement dissolve into one kernel': () => {
    const [a, b] = [x('a', 4, 6), x('b', 6)]
    return kernelsOf({ y: exp(add(mul(permute(reshape(a, [6, 4]), [1, 0]), 2), flip(b, [0]) as Untyped)) }, [a, b])
  },
  'a padded, sliced, concatenated operand is read in place': () => {
    const [a, b] = [x('a', 3), x('b', 2)]
    return kernelsOf({ y: relu(concat(pad(a, [[1, 1]]) as Untyped, b, 0)) }, [a, b])
  },
  'bias and activation are the epilogue of a contraction': () => {
    const [a, w, b] = [x('a', 8, 16), x('w', 16, 12), x('b', 12)]
    return kernelsOf({ y: relu(add(dot(a, w), b)) }, [a, w, b])
  },
  'bias and activation are the epilogue of a convolution': () => {
    const [a, w, b] = [x('a', 2, 3, 8, 8), x('w', 4, 3, 3, 3), x('b', 4, 1, 1)]
    return kernelsOf({ y: relu(add(conv2d(a, w, { padding: 1 }) as Untyped, b)) }, [a, w, b])
  },
  'a transposed operand costs no kernel': () => {
    const [a, w] = [x('a', 8, 16), x('w', 12, 16)]
    return kernelsOf({ y: dot(a, permute(w, [1, 0])) }, [a, w])
  },
  'a permutation of a product, and what follows it, is an epilogue where neighbours stay neighbours': () => {
    const [a, b] = [x('a', 4, 8, 12), x('b', 4, 12, 16)]
    const product = matmul(a, b) as Untyped
    return kernelsOf({ y: exp(permute(product, [1, 0, 2])) }, [a, b])
  },
  'elsewhere the reader of the permutation moves its elements': () => {
    const [a, b] = [x('a', 4, 8, 12), x('b', 4, 12, 16)]
    const product = matmul(a, b) as Untyped
    return kernelsOf({ y: exp(permute(product, [0, 2, 1])) }, [a, b])
  },
  'the gradient of a convolution is stored in the order of its weight': () => {
    const [a, dy] = [x('a', 2, 3, 8, 8), x('dy', 2, 4, 8, 8)]
    const weights = ['v', 'w'].map(name => parameter(name, 4, 3, 3, 3))
    const updates = weights.map(w => {
      const [gradient] = backward(
        [[conv2d(a, w, { padding: 1 }) as Untyped, mul(dy, w.attributes.name === 'v' ? 2 : 3)]],
        [w],
      )
      return { variable: w, value: sub(w, mul(gradient!, 0.1)) }
    })
    return kernelsOf({}, [a, dy], 8, updates as Graph['updates'])
  },
  'softmax is one kernel': () => {
    const a = x('a', 32, 10)
    return kernelsOf({ y: softmax(a, -1) }, [a])
  },
  'normalising over a batch is one kernel': () => {
    const [a, scale] = [x('a', 8, 16, 4, 4), x('scale', 16, 1, 1)]
    const centred = sub(a, mean(a, [0, 2, 3], { keepdims: true })) as Untyped
    const variance = mean(mul(centred, centred), [0, 2, 3], { keepdims: true }) as Untyped
    return kernelsOf({ y: mul(mul(centred, rsqrt(add(variance, 1e-5) as Untyped)), scale), variance }, [a, scale])
  },
  'the gradient of a variance needs no sum of its own': () => {
    const a = x('a', 32, 10)
    const loss = sum(sqrt(add(variance(a, 1), 1e-3)))
    return kernelsOf({ loss, gradient: backward([[loss, constant(1, [])]], [a])[0]! }, [a])
  },
  'parameters that normalize are updated by kernels of one formula': () => {
    const [a, dy] = [x('a', 64, 16), x('dy', 64, 16)]
    const [scale, shift] = ['scale', 'shift'].map(name => parameter(name, 16)) as [Untyped, Untyped]
    const spread = rsqrt(add(mul(sum(mul(a, a), 0), 1 / 64), 1e-5) as Untyped) as Untyped
    const y = add(mul(mul(a, spread), scale), shift) as Untyped
    const gradients = [mul(sum(mul(a, dy), 0) as Untyped, spread), sum(dy, 0)] as Untyped[]
    const updates = [scale, shift].map((variable, i) => ({ variable, value: sub(variable, mul(gradients[i]!, 0.1)) }))
    return kernelsOf({ y }, [a, dy], 8, updates as Graph['updates'])
  },
  'several reductions over the same rows share their pass': () => {
    const a = x('a', 64, 100)
    return kernelsOf({ s: sum(a, 1), q: sum(mul(a, a), 1) }, [a])
  },
  'several results of one pass': () => {
    const [a, b] = [x('a', 256), x('b', 256)]
    const total = add(mul(a, 0.9), b)
    return kernelsOf({ total, next: sub(a, mul(total, 0.1)) }, [a, b])
  },
  'a value that an unrelated kernel needs first is not fused into a cycle': () => {
    const [a, w] = [x('a', 16, 16), x('w', 16, 16)]
    const s = sum(a, 1, { keepdims: true }) as Untyped
    const through = dot(mul(a, s) as Untyped, w)
    return kernelsOf({ y: add(sum(mul(through, a), 1, { keepdims: true }), s) }, [a, w])
  },
}
test('small programs become the expected kernels', () => {
  const sections = Object.entries(programs).map(([name, build]) => `# ${name}\n${text(build())}\n`)
  golden('fuse.golden.txt', sections.join('\n'), import.meta.url)
})

test('kernels stay within the bindings of the target', () => {
  const parts = Array.from({ length: 12 }, (_, i) => x(`a${i}`, 50))
  const y = parts.slice(1).reduce<Untyped>((total, part) => add(total, exp(part)), parts[0]!)
  for (const limit of [4, 8]) {
    const kernels = kernelsOf({ y }, parts, limit)
    for (const kernel of kernels)
      assert.ok(reads(kernel).length + 1 <= limit, `${kernel.name} binds ${reads(kernel).length + 1} of ${limit}`)
    assert.ok(kernels.length <= Math.ceil(12 / (limit - 3)) + 1, `${kernels.length} kernels for ${limit} bindings`)
  }
})

test('without fusion every operation is a kernel', () => {
  const a = x('a', 8)
  let count = 0
  compileGraphs([{ name: 'g', inputs: [a], outputs: { y: exp(exp(relu(a))) }, updates: [] }], {
    fusion: false,
    observe: stage => {
      if (stage.name === 'kernels') count = stage.kernels.length
    },
  })
  assert.is(count, 3)
})

test('a value that is compared with its own maximum is computed once and read from memory', () => {
  const [a, b, c] = [x('a', 64, 32), x('b', 64, 32), x('c', 64, 32)]
  const value = add(mul(a, b), c) as Untyped
  const largest = max(value, 1) as Untyped
  const [gradient] = backward([[sum(largest) as Untyped, constant(1, []) as Untyped]], [a]) as Untyped[]
  for (const outputs of [{ gradient: gradient! }, { at: argmax(value, 1) as Untyped }]) {
    const kernels = kernelsOf(outputs, [a, b, c])
    assert.is(kernels.filter(kernel => reads(kernel).includes(c)).length, 1)
    const [first] = kernels
    assert.ok(
      first!.body.every(({ kind }) => kind === 'store'),
      'nothing is compared where the value is computed',
    )
  }
})

test('bytes are read where they lie and never written: an output of bytes is refused', () => {
  const bytes = entry({ x: u8([4, 3]) }, ({ x }) => ({ y: permute(x as Untyped, [1, 0]) }))
  assert.throws(() => compile({ bytes }, {}), /output y of bytes is u8, which is for inputs only: cast it/)
})

test.run()
