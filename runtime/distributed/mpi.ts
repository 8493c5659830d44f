/**
 * Ranks that `mpirun` or `srun` started, by the MPI library of the machine (Open MPI, or MPICH and what shares its binary
 * interface), called through koffi. Only bytes travel: `allReduce` adds up by itself in the order of the ranks, so every rank
 * has the same bits, and a run has them again, whatever algorithm the library takes.
 */
import { BadInput, FacetError } from '../errors.js'
import { optional } from '../optional.js'
import { isGone, type Peer, self } from './peer.js'
import { type Combine, combine, type Exchanged, RankLost, type Ranks } from './ranks.js'

/** The processes of an MPI job, as `mpiRanks` gives them. */
export interface MpiRanks extends Ranks {
  /** Waits for all ranks, and leaves. To be called at the end; a process that ends without it ends the job. */
  close(): Promise<void>
}

/** The number of this process and how many there are, as its launcher says; `undefined` if it was started alone. */
export function launched(
  env: Readonly<Record<string, string | undefined>> = process.env,
): { readonly rank: number; readonly size: number } | undefined {
  const number = (...names: readonly string[]): number => Number(names.map(name => env[name]).find(Boolean) ?? 0)
  const launchers = [
    { rank: number('OMPI_COMM_WORLD_RANK'), size: number('OMPI_COMM_WORLD_SIZE') },
    { rank: number('PMI_RANK'), size: number('PMI_SIZE') },
    { rank: number('PMIX_RANK', 'SLURM_PROCID'), size: number('SLURM_NTASKS') },
  ]
  const job = launchers.find(({ size }) => size > 0)
  return job && job.size > 1 && job.rank < job.size ? job : undefined
}
/** Whether the launcher lets its processes find each other; `srun` does so when it is told to. */
const connected = (env = process.env): boolean =>
  ['OMPI_COMM_WORLD_SIZE', 'PMI_RANK', 'PMIX_RANK'].some(name => name in env)
const apart = (size: number): BadInput =>
  new BadInput(
    `this process is one of ${size}, as its launcher says, but MPI knows of this one alone: each would train for itself, into one folder. Start them by mpirun, by srun --mpi=pmix (Slurm needs libpmix), or start one.`,
  )

let joined: Promise<MpiRanks | undefined> | undefined
/**
 * The ranks of the job that this process is part of; `undefined` if it was started alone. The library is found by its usual
 * names or by `FACET_MPI`. Throws `BadInput` where it is not there, or does not know of the others.
 */
export const mpiRanks = (): Promise<MpiRanks | undefined> =>
  (joined ??= Promise.resolve(launched()).then(job => job && join(job.size)))

/** The same, if this process has asked for them before. */
export const joinedRanks = (): Promise<MpiRanks | undefined> | undefined => joined

/** Ends the job on all ranks, if this process has joined one. */
export const abortRanks = async (code: number): Promise<void> => (await joined?.catch(() => undefined))?.abort(code)

/** Names of the library's versions with the two binary interfaces there are; Open MPI's launcher tells itself. */
const libraries = (): readonly string[] =>
  process.env.FACET_MPI
    ? [process.env.FACET_MPI]
    : 'OMPI_COMM_WORLD_SIZE' in process.env
      ? ['libmpi.so.40', 'libmpi.so', 'libmpi.dylib']
      : ['libmpich.so.12', 'libmpi.so.12', 'libmpi.so.40', 'libmpi.so', 'libmpi.dylib']

/** Below so many bytes from all ranks, one round in which each gets everything beats two with less in each. */
const SMALL = 1 << 16
/** Milliseconds between two looks for the processes of other ranks, while they are waited for. */
const LOOK = 250
/**
 * How long after SIGTERM an exchange may take before the ranks on other machines count as lost: less than what Open MPI's
 * launcher waits before it kills, a second unless it is told otherwise.
 */
const GRACE =
  'OMPI_COMM_WORLD_SIZE' in process.env ? 400 * Number(process.env.OMPI_MCA_odls_base_sigkill_timeout ?? 1) : 5000
/** Bytes in which a rank says which process it is. */
const INTRODUCTION = 512

async function join(wanted: number): Promise<MpiRanks> {
  if (!connected()) throw apart(wanted)
  const koffi = (await optional<typeof import('koffi')>('koffi')).default
  // Calls run on koffi's threads, whose stack MPICH finds too small.
  koffi.config({ async_stack_size: 8 << 20 } as never)
  const library = open(koffi.load)
  const lookUp = (name: string): bigint | undefined => {
    try {
      return koffi.address(library.symbol(name))
    } catch {
      return undefined
    }
  }
  // Open MPI's handles are addresses of its objects, MPICH's are numbers from its header.
  const openMpi = lookUp('ompi_mpi_comm_world')
  const handle = openMpi === undefined ? 'int' : 'void *'
  const world = openMpi ?? 0x44000000
  const byte = lookUp('ompi_mpi_byte') ?? 0x4c00010d
  const returning = lookUp('ompi_mpi_errors_return') ?? 0x54000003

  const define = (name: string, ...parameters: string[]) => library.func(name, 'int', parameters)
  const collective = ['void *', 'int', handle, 'void *', 'int', handle, handle]
  const mpi = {
    init: define('MPI_Init_thread', 'void *', 'void *', 'int', '_Out_ int *'),
    rank: define('MPI_Comm_rank', handle, '_Out_ int *'),
    size: define('MPI_Comm_size', handle, '_Out_ int *'),
    setErrors: define('MPI_Comm_set_errhandler', handle, handle),
    allGather: define('MPI_Allgather', ...collective),
    allToAll: define('MPI_Alltoall', ...collective),
    abort: define('MPI_Abort', handle, 'int'),
    finalize: define('MPI_Finalize'),
  }
  const number = (call: (...given: any[]) => number, ...given: unknown[]): number => {
    const out = [0]
    const code = call(...given, out)
    if (code !== 0) throw new FacetError(`MPI does not start (error ${code}).`)
    return out[0]!
  }
  const SERIALIZED = 2
  number(mpi.init, null, null, SERIALIZED)
  mpi.setErrors(world, returning)
  const rank = number(mpi.rank, world)
  const size = number(mpi.size, world)
  if (size !== wanted) throw apart(wanted)

  // What is being waited for, and the way to give it up.
  let lost: RankLost | undefined
  let waiting: ((error: RankLost) => void) | undefined
  let exchanges = 0
  const lose = (why: string, ranks: readonly number[] = []): void => {
    lost = new RankLost(`${why}: start all ${size} ranks again, from the last checkpoint.`, ranks)
    waiting?.(lost)
  }
  let peers: readonly Peer[] = []
  const look = setInterval(() => {
    const gone = waiting ? peers.flatMap((peer, other) => (isGone(peer) ? [other] : [])) : []
    if (gone.length === 0) return
    const each = gone.map(other => `rank ${other} of ${size} (process ${peers[other]!.pid} on ${peers[other]!.host})`)
    lose(`${each.join(' and ')} ${gone.length > 1 ? 'have' : 'has'} ended`, gone)
  }, LOOK).unref()
  // A launcher that misses a rank ends the others by this signal, and so it does when it is told to stop.
  const onTerm = (): void => {
    const now = exchanges
    if (peers.every(peer => isGone(peer) === false)) return
    setTimeout(() => {
      if (waiting && now === exchanges)
        lose(`rank ${rank} was told to end while it waited for ranks on other machines, one of which may be lost`)
    }, GRACE).unref()
  }
  process.on('SIGTERM', onTerm)

  let turn: Promise<unknown> = Promise.resolve()
  /** One call at a time, on another thread, so that signals and timers are heard meanwhile. */
  const call = (routine: { async(...given: any[]): void }, ...given: unknown[]): Promise<void> => {
    const result = turn.then(
      () =>
        new Promise<void>((done, failed) => {
          if (lost) return failed(lost)
          waiting = failed
          routine.async(...given, (error: Error | null, code: number) => {
            waiting = undefined
            exchanges++
            if (error) failed(error)
            else if (code !== 0)
              failed(
                new RankLost(
                  `MPI gives error ${code} on rank ${rank} of ${size}: start all ranks again, from the last checkpoint.`,
                ),
              )
            else done()
          })
        }),
    )
    turn = result.catch(() => undefined)
    return result
  }
  const allGather = (own: Exchanged | Uint8Array, all: Exchanged | Uint8Array) =>
    call(mpi.allGather, own, own.byteLength, byte, all, own.byteLength, byte, world)

  const own = new Uint8Array(INTRODUCTION)
  new TextEncoder().encodeInto(JSON.stringify(self()), own)
  const all = new Uint8Array(INTRODUCTION * size)
  await allGather(own, all)
  peers = Array.from({ length: size }, (_, other) => {
    const text = new TextDecoder().decode(all.subarray(other * INTRODUCTION, (other + 1) * INTRODUCTION))
    return JSON.parse(text.slice(0, text.indexOf('\0')))
  })

  return {
    rank,
    size,
    async allReduce(values, by) {
      const Kind = values.constructor as Float32ArrayConstructor
      const room = (length: number) => new Kind(length) as Exchanged
      if (values.byteLength * size <= SMALL) {
        const all = room(values.length * size)
        await allGather(values, all)
        values.set(reduced(all, size, by))
        return
      }
      // Each rank combines one piece of everything.
      const piece = Math.ceil(values.length / size)
      const all = room(piece * size)
      all.set(values)
      const pieces = room(piece * size)
      await call(mpi.allToAll, all, 4 * piece, byte, pieces, 4 * piece, byte, world)
      await allGather(reduced(pieces, size, by), all)
      values.set(all.subarray(0, values.length))
    },
    abort(code = 1) {
      mpi.abort(world, code)
    },
    async close() {
      // Others may have ended before this one.
      clearInterval(look)
      await call(mpi.finalize)
      process.off('SIGTERM', onTerm)
    },
  }
}

/** Equal parts, one after the other, combined in their order. */
function reduced(parts: Exchanged, count: number, by: Combine): Exchanged {
  const length = parts.length / count
  const result = parts.slice(0, length)
  for (let i = 1; i < count; i++) combine(result, parts.subarray(i * length, (i + 1) * length), by)
  return result
}

function open(load: (name: string, options: { global: boolean }) => any): any {
  const names = libraries()
  for (const name of names)
    try {
      // Plugins of the library look for its symbols among those of the process.
      return load(name, { global: true })
    } catch {
      // The next.
    }
  throw new BadInput(
    `this process was started as one of several, but no MPI library is there (${names.join(', ')}): install libopenmpi3 or libmpich12, the one that mpirun belongs to, or set FACET_MPI to its file.`,
  )
}
