/** The ceilings of the processor: a kernel that only copies and one that only multiplies and adds, in all threads. */
import type { Dispatch, Program } from '../../compiler/plan/program.js'
import type { Ceilings } from '../ceilings.js'
import { newCounters } from '../device.js'
import type { CpuDevice } from './device.js'

const MIB = 2 ** 20
/** Larger than the caches; a task copies a MiB. */
const COPIED = 64
/** Tasks of the kernel that computes, and passes of its loop in each. */
const [TASKS, PASSES] = [64, 2 ** 15]
/** Chains of multiply-adds that do not wait for each other. */
const CHAINS = [4, 8, 10]
const REPEATS = 5

/** See `measureCeilings`. */
export async function cpuCeilings(device: CpuDevice): Promise<Ceilings> {
  const made = await device.load(program(), { counters: newCounters(), rooms: () => {} })
  try {
    const best = async (entry: string): Promise<number> => {
      const times: number[] = []
      while (times.length < REPEATS) times.push(...(await made.times(entry, [{ from: 0, to: 1 }])))
      return Math.min(...times)
    }
    const gbytes = (2 * COPIED * MIB) / (await best('copy')) / 1e6
    let gflops = 0
    // A multiplication and an addition in four lanes.
    for (const chains of CHAINS)
      gflops = Math.max(gflops, (8 * chains * PASSES * TASKS) / (await best(`${chains}`)) / 1e6)
    return { gflops, gbytes }
  } finally {
    made.destroy()
  }
}

function program(): Program {
  const names = ['copy', ...CHAINS.map(String)]
  const places = [0, 1].map(slab => ({ slab, offset: 0, bytes: COPIED * MIB }))
  const dispatch = (kernel: number): Dispatch => ({
    kernel,
    bindings: places,
    workgroups: [kernel === 0 ? COPIED : TASKS, 1, 1],
    scope: '',
    flops: 0,
    bytes: 0,
  })
  return {
    format: 'facet-program/1',
    target: 'cpu',
    kernels: names.map(name => ({ name, code: '', bindings: ['read', 'read_write'] })),
    wasm: { relaxed: moduleOf(true), plain: moduleOf(false), scratch: 0 },
    slabs: places.map(({ bytes }) => bytes),
    variables: [],
    entries: Object.fromEntries(names.map((name, i) => [name, { inputs: [], outputs: [], dispatches: [dispatch(i)] }])),
  }
}

// The module, by hand. Parameters are begin, end, scratch, x, y: locals 0 to 4.

const leb = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...leb(value >> 7)])
/** Constants are signed. */
const int = (value: number): number[] => {
  const more = (rest: number): number[] => (rest < 64 ? [rest] : [(rest & 127) | 128, ...more(rest >> 7)])
  return [0x41, ...more(value)]
}
const get = (local: number) => [0x20, local]
const set = (local: number) => [0x21, local]
const [add, sub, shl, less] = [0x6a, 0x6b, 0x74, 0x49]
/** `body` until local `at`, which it moves, is local `end`. */
const until = (at: number, end: number, body: readonly number[]) => [
  ...[0x03, 0x40, ...body, ...get(at), ...get(end), less, 0x0d, 0, 0x0b],
]

/** Copies MiB number begin to end, 64 bytes a pass. */
function copy(): { locals: readonly number[]; body: readonly number[] } {
  const [from, to, end] = [5, 6, 7]
  const at = (place: number, task: number) => [...get(place), ...get(task), ...int(20), shl, add]
  const move = [0, 16, 32, 48].flatMap(offset => [
    ...get(to),
    ...[...get(from), 0xfd, 0, 4, offset], // v128.load
    ...[0xfd, 0x0b, 4, offset], // v128.store
  ])
  const step = (local: number) => [...get(local), ...int(64), add, ...set(local)]
  return {
    locals: [1, 3, 0x7f],
    body: [
      ...[...at(3, 0), ...set(from), ...at(4, 0), ...set(to), ...at(3, 1), ...set(end)],
      ...until(from, end, [...move, ...step(from), ...step(to)]),
    ],
  }
}

/** `PASSES` for each task, of values that are read and whose sum is written, so that none is left out. */
function multiplyAdd(chains: number, relaxed: boolean): { locals: readonly number[]; body: readonly number[] } {
  const [pass, end, factor, first] = [5, 6, 7, 8]
  const all = Array.from({ length: chains }, (_, i) => first + i)
  const madd = (chain: number) =>
    relaxed
      ? [...get(chain), ...get(factor), ...get(factor), 0xfd, 0x85, 2, ...set(chain)]
      : [...get(chain), ...get(factor), 0xfd, 0xe6, 1, ...get(factor), 0xfd, 0xe4, 1, ...set(chain)]
  const load = (offset: number) => [...get(3), 0xfd, 0, 4, ...leb(offset)]
  return {
    locals: [2, 2, 0x7f, chains + 1, 0x7b],
    body: [
      ...[...load(0), ...set(factor), ...all.flatMap((chain, i) => [...load(16 + 16 * i), ...set(chain)])],
      ...[...get(1), ...get(0), sub, ...int(15), shl, ...set(end)],
      ...until(pass, end, [...all.flatMap(madd), ...get(pass), ...int(1), add, ...set(pass)]),
      // Each task has its own place.
      ...[...get(4), ...get(0), ...int(4), shl, add],
      ...all.flatMap((chain, i) => [...get(chain), ...(i ? [0xfd, 0xe4, 1] : [])]),
      ...[0xfd, 0x0b, 4, 0],
    ],
  }
}

function moduleOf(relaxed: boolean): Uint8Array<ArrayBuffer> {
  const kernels = [copy(), ...CHAINS.map(chains => multiplyAdd(chains, relaxed))]
  const list = (items: readonly (readonly number[])[]) => [...leb(items.length), ...items.flat()]
  const section = (id: number, content: readonly number[]) => [id, ...leb(content.length), ...content]
  const name = (text: string) => [...leb(text.length), ...new TextEncoder().encode(text)]
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list([[0x60, 5, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0]])),
    ...section(2, list([[...name('facet'), ...name('memory'), 2, 3, 1, ...leb(65536)]])),
    ...section(3, list(kernels.map(() => [0]))),
    ...section(7, list(kernels.map((_, i) => [...name(`k${i}`), 0, i]))),
    ...section(
      10,
      list(
        kernels.map(({ locals, body }) => {
          const content = [...locals, ...body, 0x0b]
          return [...leb(content.length), ...content]
        }),
      ),
    ),
  ])
}
