/**
 * One small program on every floor of the compiler: traced graph with its gradient, optimized graph, kernels, WGSL, plan.
 * Nothing is run. `compiler/README.md` walks through what it prints.
 *
 *     npx tsx examples/3-one-kernel.ts
 */
import {
  compile,
  constant,
  cpu,
  entry,
  type Graph,
  grad,
  idsOf,
  mean,
  module,
  mul,
  neg,
  parametersOf,
  print,
  printKernel,
  printProgram,
  rsqrt,
  square,
  sub,
  sum,
  type Tensor,
  update,
} from 'facet-tensor'

/** Scales each of 256 features, then the vector to length 1. */
const direction = module(({ param }) => {
  const scale = param('scale', [256], shape => constant(1, shape))
  return (x: Tensor<['batch', 256], 'f32'>) => {
    const scaled = mul(x, scale)
    return mul(scaled, rsqrt(sum(square(scaled), -1, { keepdims: true })))
  }
})

/** One step of gradient descent on the negative cosine between the result and a target (SimSiam's loss). */
const step = entry({ x: ['batch', 256], target: ['batch', 256] }, ({ x, target }) => {
  const loss = neg(mean(sum(mul(direction(x), target), -1)))
  const scale = parametersOf(direction)[0]!.tensor as Tensor<[256], 'f32'>
  update(scale, sub(scale, mul(grad(loss, { scale }).scale, 0.5)))
  return { loss }
})

let graph: Graph | undefined
const program = compile(
  { step },
  { batch: 64 },
  {
    observe(stage) {
      if (stage.name === 'loops')
        show('loops', printProgram(stage.loops.find(({ name }) => name === 'sum_rsqrt_sum_mul')!))
      if (stage.name === 'loops' || stage.name === 'plan' || stage.entry !== 'step') return
      if (stage.name === 'kernels') {
        show('kernels', stage.kernels.map(kernel => printKernel(kernel, idsOf(graph!))).join('\n\n'))
      } else {
        show(stage.name, print(stage.graph))
        graph = stage.graph
      }
    },
  },
)
const { inputs, outputs, dispatches } = program.entries.step!
show('wgsl', program.kernels[dispatches[0]!.kernel]!.code)
const onProcessor = compile({ step }, { batch: 64 }, { target: cpu })
show('processor', onProcessor.kernels[onProcessor.entries.step!.dispatches[0]!.kernel]!.code)
show(
  'plan',
  [
    `slabs of ${program.slabs.join(', ')} bytes`,
    ...[...program.variables, ...inputs, ...outputs].map(
      ({ name, slab, offset, bytes }) => `${name}: slab ${slab}, bytes ${offset} to ${offset + bytes}`,
    ),
    ...dispatches.map(
      ({ kernel, workgroups, flops, bytes }) =>
        `${program.kernels[kernel]!.name}: ${workgroups.join(' x ')} workgroups, ${flops} FLOP, ${bytes} bytes`,
    ),
  ].join('\n'),
)

function show(floor: string, text: string) {
  console.log(`=== ${floor}\n${text.trimEnd()}\n`)
}
