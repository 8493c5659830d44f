/**
 * What work costs on the machines of a target: the one set of numbers that fusion, recomputation, schedules, ranges of long sums
 * and the tuner choose by (`kernels/cost.ts` counts the work). Targets differ in data, never in a formula of their own. Choices
 * depend on these and on sizes, not on the machine at hand, so that a program is the same everywhere; what is faster on one machine
 * is the tuner's to find.
 */
export interface Machine {
  /** Lanes of a vector within one point; 1 where points themselves are the lanes of the machine. */
  readonly width: 1 | 4
  /** Nanoseconds of one lane, everything busy (of one thread on a processor): an addition, comparison, choice. `Scalar.cost` counts in these. */
  readonly simple: number
  /** A multiplication and an addition of a contraction, fused. */
  readonly multiplyAdd: number
  /** How much faster subgroup matrices, where there are any, multiply. */
  readonly matrices: number
  /** An instruction that loads or stores, of one lane or a vector, what the nearest cache has; an eighth of it what workgroup memory has. */
  readonly load: number
  /** A byte to or from memory. */
  readonly byte: number
  /** A pass through a loop beside its body; all invocations of a group meeting. */
  readonly pass: number
  readonly barrier: number
  /** One more kernel, or on a processor the waking of threads for it. */
  readonly dispatch: number
  /** A task that is worth handing to another unit. */
  readonly taskTime: number
  /** Independent points without which part of it idles: invocations, or threads. */
  readonly busy: number
  /** Points, invocations for a GPU, at which the largest machine is full. */
  readonly full: number
  /** Points that share the results of a scatter, each of which looks at all that is scattered, or those of an order. */
  readonly owners: number
  /** Tasks, or blocks of a contraction, that any number of units divides evenly. */
  readonly tasks: number
  /** Blocks that run at once on several machines: a choice must be good on all of them. */
  readonly atOnce: readonly number[]
  /** Sums that the registers of one point hold; on a processor vectors of them. */
  readonly registers: number
  /** Bytes of the first and the second cache of a unit. */
  readonly caches: readonly [number, number]
  readonly text: Text
}

/** What a driver compiles in reasonable time. */
interface Text {
  /** Terms in the body of a loop: of a contraction, of one worth twice the text, of one over a window, of a plain reduction; and at most. */
  readonly contraction: number
  readonly long: number
  readonly window: number
  readonly reduction: number
  readonly most: number
  /** Nanoseconds of work from which on a product is worth the text of a large tile, and of a larger loop. */
  readonly tile: number
  readonly loop: number
}

const text: Text = { contraction: 192, long: 128, window: 1152, reduction: 64, most: 320, tile: 0, loop: 700_000 }

/**
 * A GPU, in the middle between a T4 and an H200: 30 multiply-adds a picosecond count as 30 operations, 2 TB/s. A portable program
 * runs on all, so no number is that of one card.
 */
const gpu: Machine = {
  width: 1,
  simple: 1 / 4000,
  multiplyAdd: 1 / 15000,
  matrices: 8,
  load: 1 / 1000,
  byte: 1 / 2000,
  pass: 2 / 1000,
  barrier: 1 / 4000,
  dispatch: 10_000 / 3,
  taskTime: 0,
  busy: 2 ** 14,
  owners: 2 ** 14,
  full: 2 ** 18,
  tasks: 256,
  // T4, A100, H200 with one and with two blocks per multiprocessor. WebGPU does not tell which it is.
  atOnce: [40, 108, 132, 264],
  registers: 128,
  caches: [2 ** 15, 2 ** 20],
  text: { ...text, most: 1024 },
}

/** Software drivers of Vulkan on two to four cores, whose lanes are invocations. */
const software: Machine = {
  width: 1,
  simple: 1 / 20,
  multiplyAdd: 1 / 25,
  matrices: 1,
  load: 1,
  byte: 1 / 10,
  pass: 2,
  barrier: 4,
  dispatch: 10_000,
  taskTime: 0,
  busy: 64,
  owners: 8,
  full: 64,
  tasks: 64,
  atOnce: [2, 4],
  registers: 128,
  caches: [2 ** 15, 2 ** 18],
  text: { ...text, tile: 160_000 },
}

/** One thread of a processor, in WebAssembly with vectors of four. */
const cpu: Machine = {
  width: 4,
  simple: 1 / 16,
  multiplyAdd: 1 / 17.5,
  matrices: 1,
  load: 1 / 4,
  byte: 1 / 8,
  pass: 1 / 2,
  barrier: 0,
  dispatch: 5_000,
  taskTime: 10_000,
  busy: 4,
  owners: 16,
  full: 64,
  tasks: 64,
  atOnce: [1, 2, 3, 4, 6, 8, 12],
  registers: 8,
  caches: [2 ** 15, 2 ** 18],
  text: { ...text, most: 64 },
}

/** The same where the engine joins two vectors of neighbours in one instruction of twice the width. */
const wide: Machine = { ...cpu, multiplyAdd: cpu.multiplyAdd / 2, registers: 16 }

export const machines: Readonly<Record<'gpu' | 'software' | 'cpu' | 'wide', Machine>> = { gpu, software, cpu, wide }

/** Simple operations that take as long as a value's way to memory and back: below, it is as well computed again. */
export const wayToMemory = ({ byte, simple }: Machine): number => (8 * byte) / simple
