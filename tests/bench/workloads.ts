/**
 * What is timed: the workloads of the peer harness (`../shared/peers`, imported when asked for, so that shapes, seeds and
 * checks are the same for all), and the large ones of `../shared/gpu/torch_baseline.py`, for GPUs.
 */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { BadInput } from '../../runtime/errors.js'
import type { Workload } from './programs.js'

export interface BenchWorkload extends Workload {
  readonly title: string
  readonly seed: number
  /** Floating-point operations, and bytes that no implementation can avoid moving. Default: the compiler's estimates. */
  readonly flops?: number
  readonly bytes?: number
  /** Training steps whose losses are checked. */
  readonly lossSteps?: number
  /** Too much work for a software adapter. */
  readonly large?: boolean
  /** Stored in f16: what goes in and comes out, or what a training step keeps between its kernels. */
  readonly half?: boolean
}
/** Values per input, row-major. */
export type Data = Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>>
/** What a run gave: the variables it wrote, or the losses of the first training steps. */
export interface Results {
  readonly outputs: Readonly<Record<string, ArrayLike<number>>>
  readonly losses: readonly number[]
}
export interface Verdict {
  readonly ok: boolean
  /** Largest error, in the unit of `tol`. */
  readonly err: number
}
export interface Suite {
  readonly workloads: readonly BenchWorkload[]
  readonly inputs: (workload: BenchWorkload) => Data
  readonly check: (workload: BenchWorkload, inputs: Data, results: Results) => Verdict
}

const sharedPeers = fileURLToPath(new URL('../../../shared/peers/', import.meta.url))

/** The suite. Throws `BadInput` where `folder` is not the peer harness. */
export async function readSuite(folder: string = sharedPeers): Promise<Suite> {
  if (!existsSync(`${folder}/workloads.mjs`))
    throw new BadInput(`the bench takes its workloads from the peer harness, and ${folder} does not hold it.`)
  const load = (name: string) => import(pathToFileURL(`${folder}/${name}`).href)
  const [{ WORKLOADS, makeInputs }, { check }] = await Promise.all([load('workloads.mjs'), load('refs.mjs')])
  const golden = JSON.parse(readFileSync(`${folder}/golden.json`, 'utf8'))
  return {
    workloads: [...WORKLOADS, ...large],
    inputs: makeInputs,
    check: (workload, inputs, { outputs, losses }) => {
      if (workload.kind === 'copy') return sameAs(inputs.x!.data, outputs.y!)
      if (workload.kind === 'resnet') return falling(losses)
      return check(workload, inputs, workload.lossSteps ? { losses } : outputs, golden)
    },
  }
}
export { sharedPeers }

function sameAs(expected: ArrayLike<number>, found: ArrayLike<number>): Verdict {
  let different = found.length === expected.length ? 0 : Number.POSITIVE_INFINITY
  for (let i = 0; i < expected.length && different === 0; i++) if (found[i] !== expected[i]) different++
  return { ok: different === 0, err: different }
}
/** No reference holds for a network of this size: the loss on a batch that stays the same must fall. `err`: how much of it is left. */
function falling(losses: readonly number[]): Verdict {
  const err = losses.at(-1)! / losses[0]!
  return { ok: losses.every(Number.isFinite) && err < 1, err }
}

/** The same in f16, which keeps 11 bits. */
const inHalves = (workload: BenchWorkload): BenchWorkload => ({
  ...workload,
  id: `${workload.id}_f16`,
  title: `${workload.title.replace(' f32', '')} f16`,
  ...(workload.bytes ? { bytes: workload.bytes / 2 } : {}),
  tol: 2e-3,
  half: true,
})
const matmul = (n: number, seed: number): BenchWorkload => ({
  id: `matmul${n}`,
  kind: 'matmul',
  title: `matmul ${n} f32`,
  M: n,
  K: n,
  N: n,
  seed,
  inputs: { a: { shape: [n, n] }, b: { shape: [n, n] } },
  flops: 2 * n ** 3,
  bytes: 12 * n * n,
  tol: 1e-4,
  large: true,
})
/** `y` forward; `dx` and `dw` backward, as the baseline counts it. */
function conv(B: number, C: number, S: number, O: number, seed: number): BenchWorkload[] {
  const inputs = { x: { shape: [B, C, S, S] }, w: { shape: [O, C, 3, 3], scale: 0.1 } }
  const dy = { shape: [B, O, S, S] }
  const flops = 2 * B * S * S * O * C * 9
  const [bytesX, bytesW, bytesY] = [4 * B * C * S * S, 36 * O * C, 4 * B * O * S * S]
  const common = { B, C, O, S, seed, tol: 1e-4, large: true } as const
  const name = `n${B}_${C}to${O}_at${S}`
  const title = `conv 3x3 ${B}x${C}x${S}x${S}->${O}`
  const forward = { id: `conv_fwd_${name}`, kind: 'conv', title: `${title} forward`, inputs, outputs: ['y'], flops }
  const backward = { id: `conv_bwd_${name}`, kind: 'convgrad', title: `${title} backward`, outputs: ['dx', 'dw'] }
  return [
    { ...forward, bytes: bytesX + bytesW + bytesY, ...common },
    { ...backward, inputs: { ...inputs, dy }, flops: 2 * flops, bytes: 2 * bytesX + 2 * bytesW + bytesY, ...common },
  ]
}
/** Multiply-adds per image of ResNet-18 with the CIFAR stem on 32 pixels, and its 512-512-128 head. */
const resnetMacs = (() => {
  const conv3 = (size: number, from: number, to: number) => size * size * from * to * 9
  const stage = (size: number, from: number, to: number) =>
    conv3(size, from, to) + 3 * conv3(size, to, to) + (from === to ? 0 : size * size * from * to)
  const stages = stage(32, 64, 64) + stage(16, 64, 128) + stage(8, 128, 256) + stage(4, 256, 512)
  return { stem: conv3(32, 3, 64), all: conv3(32, 3, 64) + stages + 512 * 512 + 512 * 128 }
})()
const resnetStep = (batch: number, seed: number): BenchWorkload => ({
  id: `train_resnet18_${batch}`,
  kind: 'resnet',
  title: `SimCLR ResNet-18 train step (32 px, batch ${batch}, 2 views)`,
  B: batch,
  S: 32,
  width: 64,
  tau: 0.5,
  lr: 0.06,
  momentum: 0.9,
  weightDecay: 5e-4,
  seed,
  inputs: { x1: { shape: [batch, 3, 32, 32] }, x2: { shape: [batch, 3, 32, 32] } },
  // A layer's backward is twice its forward; the first needs no gradient of its input. Then the scores of the loss.
  flops: 2 * 2 * batch * (3 * resnetMacs.all - resnetMacs.stem) + 3 * 2 * (2 * batch) ** 2 * 128,
  lossSteps: 6,
  large: true,
})

const COPIED = 2 ** 27
/** Row kernels and chains on more than caches hold, in the shapes of the peers' small ones. */
const rowwise: readonly BenchWorkload[] = [
  {
    id: 'softmax_large',
    kind: 'softmax',
    title: 'softmax [16384, 4096]',
    R: 16384,
    C: 4096,
    seed: 111,
    inputs: { x: { shape: [16384, 4096], scale: 4 } },
  },
  {
    id: 'layernorm_large',
    kind: 'layernorm',
    title: 'layer norm [16384, 4096]',
    R: 16384,
    C: 4096,
    eps: 1e-5,
    seed: 112,
    inputs: { x: { shape: [16384, 4096] }, g: { shape: [4096], scale: 0.5, offset: 1 }, b: { shape: [4096] } },
  },
  {
    id: 'batchnorm_large',
    kind: 'batchnorm',
    title: 'batch norm, training, forward [1024, 64, 32, 32]',
    B: 1024,
    C: 64,
    S: 32,
    eps: 1e-5,
    seed: 113,
    inputs: { x: { shape: [1024, 64, 32, 32] }, g: { shape: [64], scale: 0.5, offset: 1 }, b: { shape: [64] } },
  },
  {
    id: 'elementwise_large',
    kind: 'elementwise',
    title: 'relu(x a + b) sigmoid(x) + x on 64 M',
    N: 2 ** 26,
    a: 1.5,
    b: -0.25,
    seed: 114,
    inputs: { x: { shape: [2 ** 26], scale: 3 } },
  },
].map(workload => ({ ...workload, bytes: 2 * 4 * 2 ** 26, tol: 1e-4, large: true }))
const products = [1024, 4096, 8192].map((n, i) => matmul(n, 81 + i))
const convolutions = [...conv(512, 64, 32, 64, 91), ...conv(512, 256, 8, 256, 92), ...conv(256, 64, 56, 64, 93)]
const steps = [32, 128, 512].map((batch, i) => resnetStep(batch, 101 + i))
const large: readonly BenchWorkload[] = [
  {
    id: 'copy',
    kind: 'copy',
    title: 'copy 512 MiB',
    seed: 71,
    inputs: { x: { shape: [COPIED] } },
    bytes: 8 * COPIED,
    large: true,
  },
  ...rowwise,
  ...[products, convolutions, steps].flatMap(group => [...group, ...group.map(inHalves)]),
]
