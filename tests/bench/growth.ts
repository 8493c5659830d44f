/**
 * `npm run bench -- --growth`: what compiling a SimSiam step takes while its batch, depth or width doubles, and the exponent
 * of each figure over the last doubling: 1 is linear, 0 is constant. No device is opened.
 */

import { figure, mebibytes, type Table } from '../../cli/table.js'
import { nodes } from '../../compiler/graph/graph.js'
import { compile, entry, type Stage, software, u8 } from '../../compiler/index.js'
import { imageView, predictor, projector, resnet, sgd, simsiam, train } from '../../models/index.js'

export interface Size {
  readonly batch: number
  /** Residual blocks of the first stage. */
  readonly depth: number
  /** Channels of the first stage. */
  readonly width: number
}
export interface Taken {
  /** Of the optimized graph. */
  readonly nodes: number
  readonly dispatches: number
  readonly kernels: number
  /** Characters of WGSL, each kernel once. */
  readonly text: number
  /** Bytes of temporaries as planned, and the least that any plan of them needs. */
  readonly planned: number
  readonly bound: number
}

/** Compiles a SimSiam step of a residual network on 16-pixel images. */
export function growthStep({ batch, depth, width }: Size): Taken {
  const encoder: ReturnType<typeof resnet> = resnet({ block: 'basic', layers: [depth, 1, 1, 1], stem: 'cifar', width })
  const method = simsiam({
    encoder,
    projector: projector((8 * width) as 64, { out: 64, hidden: 64, batchNorm: true }),
    predictor: predictor(64, { hidden: 16 }),
  })
  const step = entry({ images: u8(['batch', 16, 16, 3]) }, ({ images }) =>
    train(method, sgd({ learningRate: 0.1 }), [imageView(images, 'simsiam-cifar'), imageView(images, 'simsiam-cifar')]),
  )
  let count = 0
  let bytes = { planned: 0, lowerBound: 0 }
  const observe = (stage: Stage): void => {
    if (stage.name === 'optimize' && stage.entry === 'step') count = nodes(stage.graph).length
    if (stage.name === 'plan') bytes = stage.memory.step!
  }
  const { entries, kernels } = compile({ step }, { batch }, { target: software, observe })
  return {
    nodes: count,
    dispatches: entries.step!.dispatches.length,
    kernels: new Set(entries.step!.dispatches.map(({ kernel }) => kernel)).size,
    text: kernels.reduce((sum, { code }) => sum + code.length, 0),
    planned: bytes.planned,
    bound: bytes.lowerBound,
  }
}

const START: Size = { batch: 16, depth: 1, width: 8 }
const AXES: Readonly<Record<keyof Size, readonly number[]>> = {
  batch: [16, 32, 64, 128, 256],
  depth: [1, 2, 4, 8, 16],
  width: [8, 16, 32, 64],
}
const REPEATS = 3

/** Least CPU time of three compilations, which other programs on the machine disturb less than a clock. A row per size, and below each axis the exponents of its last doubling. */
export function growthTable(): Table {
  growthStep(START) // what follows runs on warm code
  const rows = (Object.keys(AXES) as (keyof Size)[]).flatMap(axis => {
    const found = AXES[axis].map(size => {
      const times: number[] = []
      let taken = growthStep(START)
      for (let i = 0; i < REPEATS; i++) {
        const start = process.cpuUsage()
        taken = growthStep({ ...START, [axis]: size })
        const { user, system } = process.cpuUsage(start)
        times.push((user + system) / 1000)
      }
      return { size, ...taken, ms: Math.min(...times) }
    })
    const [before, last] = found.slice(-2) as [(typeof found)[0], (typeof found)[0]]
    const exponent = (what: keyof typeof last) => exponentOf(before[what], last[what])
    return [
      ...found.map(row => [
        `${axis} ${row.size}`,
        figure(row.ms),
        ...[row.nodes, row.dispatches, row.kernels, row.text].map(String),
        mebibytes(row.planned),
        mebibytes(row.bound),
      ]),
      ['exponent', ...(['ms', 'nodes', 'dispatches', 'kernels', 'text', 'planned', 'bound'] as const).map(exponent)],
    ]
  })
  return { head: ['size', 'compile ms', 'nodes', 'dispatches', 'kernels', 'WGSL', 'planned MiB', 'bound MiB'], rows }
}
/** Of what doubles from `before` to `after`. */
const exponentOf = (before: number, after: number): string => Math.log2(after / before).toFixed(2)
