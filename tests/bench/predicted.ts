/**
 * `npm run bench -- --predicted [--only TEXT]`: what programs would take on an H200, by the model of a card (`compiler/loops/card.ts`). No
 * device is opened; figures rank programs and schedules, and stand for no measurement.
 */
import { figure, type Table } from '../../cli/table.js'
import {
  compile,
  conv2d,
  dot,
  type Entry,
  entry,
  portable,
  softmax,
  sum,
  type Target,
  u8,
} from '../../compiler/index.js'
import { type Estimate, estimate, h200 } from '../../compiler/loops/card.js'
import type { LoopProgram } from '../../compiler/loops/program.js'
import * as models from '../../models/index.js'

/** As `targetFor` makes it of an H200, without halves. */
const target: Target = {
  ...portable,
  subgroups: true,
  workgroupBytes: 2 ** 15,
  workgroupInvocations: 1024,
  storageBuffers: 10,
  bindingBytes: 2 ** 31,
  bufferBytes: 2 ** 32,
}

interface Work {
  readonly entry: () => Entry
  readonly batch?: number
}
/** The large workloads of the harness whose figures of an H200 are in the README, and what their schedules were changed for. */
export const works: Readonly<Record<string, Work>> = {
  'matmul 4096': {
    entry: () => entry({ a: [4096, 4096], b: [4096, 4096] }, ({ a, b }) => ({ y: dot(a, b) })),
  },
  'conv 3x3, 512x256x8x8': {
    entry: () =>
      entry({ x: [512, 256, 8, 8], w: [256, 256, 3, 3] }, ({ x, w }) => ({ y: conv2d(x, w, { padding: 1 }) })),
  },
  'softmax, 16384 x 4096': { entry: () => entry({ x: [16384, 4096] }, ({ x }) => ({ y: softmax(x, -1) })) },
  'layer norm, 16384 x 4096': {
    entry: () => {
      const norm = models.layerNorm(4096)
      return entry({ x: [16384, 4096] }, ({ x }) => ({ y: norm(x) }))
    },
  },
  'batch norm, 1024x64x32x32': {
    entry: () => {
      const norm = models.batchNorm(64)
      return entry({ x: [1024, 64, 32, 32] }, ({ x }) => ({ y: norm(x) }))
    },
  },
  'layer norm, 66000 x 256': {
    entry: () => {
      const norm = models.layerNorm(256)
      return entry({ x: [66000, 256] }, ({ x }) => ({ y: norm(x) }))
    },
  },
  'softmax of columns, 66000 x 256': {
    entry: () => entry({ x: [66000, 256] }, ({ x }) => ({ y: softmax(x, 0) })),
  },
  'sum of columns, 65536 x 64': { entry: () => entry({ x: [65536, 64] }, ({ x }) => ({ y: sum(x, 0) })) },
  'SimCLR step, ResNet of 4 blocks, batch 256': {
    entry: () => {
      const encoder = models.resnet({ block: 'basic', layers: [1, 1, 1, 1], stem: 'cifar', width: 64 })
      const projector = models.projector(512, { out: 128, hidden: 512, batchNorm: true })
      const method = models.simclr({ encoder, projector })
      return entry({ images: u8(['batch', 32, 32, 3]) }, ({ images }) =>
        models.train(method, models.sgd({ learningRate: 0.1 }), [
          models.imageView(images, 'simclr-cifar'),
          models.imageView(images, 'simclr-cifar'),
        ]),
      )
    },
    batch: 256,
  },
}

/** What each dispatch of a work asks of the card, in their order. */
export function estimates({ entry, batch }: Work): (Estimate & { readonly name: string; readonly moved: number })[] {
  let loops: readonly LoopProgram[] = []
  const { entries, kernels } = compile({ work: entry() }, batch ? { batch } : {}, {
    target,
    observe: stage => {
      if (stage.name === 'loops') loops = stage.loops
    },
  })
  return entries.work!.dispatches.map(({ kernel, bytes }) => ({
    name: kernels[kernel]!.name,
    moved: bytes,
    ...estimate(loops[kernel]!),
  }))
}

export function predictedTable(only: string): Table {
  const rows = Object.entries(works)
    .filter(([name]) => only.split(',').some(part => name.includes(part)))
    .map(([name, work]) => {
      const found = estimates(work)
      const sum = (of: (one: Estimate & { readonly moved: number }) => number): number =>
        found.reduce((total, one) => total + of(one), 0)
      const time = sum(one => one.time)
      const weighed = (of: (one: Estimate) => number): string => figure(sum(one => one.time * of(one)) / time)
      return [
        name,
        `${found.length}`,
        figure(sum(({ moved }) => moved) / 1e9),
        figure(time / 1e6),
        weighed(({ busy }) => busy),
        weighed(({ sectors }) => sectors),
      ]
    })
  return { head: [`predicted, ${h200.name}`, 'dispatches', 'GB moved', 'ms', 'busy', 'sectors'], rows }
}
