/**
 * What runs where: this table alone says it. `npm run test:all` runs every file in a process of its own, on SwiftShader. `npm test`
 * is for every change, and has five minutes on two cores; so there
 *
 * - `cpu`: on the processor, in a process that runs one file after the other and loads the compiler once
 * - `wgsl`: the same on SwiftShader, for what is about WGSL, its drivers and the runtime on them
 * - `alone`: on the processor, in a process of its own, since the file changes or ends its process
 * - `drawn`: on SwiftShader if the seed draws it: what takes a quarter of a minute or more, such as
 *   many schedules there, which `tests/loops` runs in JavaScript; what takes longer than the sample may, the whole alone runs
 * - `whole`: not at all; `npm run test:all` runs it, or `npm test -- NAME`
 *
 * The seed draws from the files on the processor that compare a device with the reference, too: these run on both then.
 */
import { readFileSync } from 'node:fs'

/** The first line whose beginning a file's name has. */
const table = [
  // Minutes of waiting: for Chromium, for mpirun, for a process that is killed again and again, for four encoders to be trained, for every snippet of the guide.
  ['tests/browser/access', 'whole'],
  ['tests/browser/bundle', 'whole'],
  ['tests/browser/dev', 'whole'],
  ['tests/browser/files', 'whole'],
  ['tests/browser/page', 'whole'],
  ['tests/browser/unpacked', 'whole'],
  ['tests/cli/demo', 'whole'],
  ['tests/cluster/', 'whole'],
  ['tests/docs/snippets', 'whole'],
  ['tests/engines/', 'whole'],
  ['tests/kill/', 'whole'],
  ['tests/package/projects', 'whole'],
  ['tests/site/', 'whole'],
  ['tests/browser/', 'alone'],
  ['tests/graph/copies', 'alone'],
  ['tests/authors/authors', 'drawn'],
  ['tests/data/streamed', 'drawn'],
  ['tests/bench/', 'wgsl'],
  ['tests/bundle/', 'wgsl'],
  ['tests/cli/doctor', 'drawn'],
  ['tests/cli/inspect', 'wgsl'],
  ['tests/cli/load', 'drawn'],
  ['tests/cli/logs', 'drawn'],
  ['tests/cli/pictures', 'drawn'],
  ['tests/cli/preview', 'drawn'],
  ['tests/cli/resume', 'drawn'],
  ['tests/cli/schedules', 'drawn'],
  ['tests/cli/tune', 'drawn'],
  ['tests/examples/examples', 'wgsl'],
  ['tests/kernels/dtypes', 'drawn'],
  ['tests/kernels/schedules', 'drawn'],
  ['tests/kernels/ranges', 'drawn'],
  ['tests/kernels/sweeps', 'drawn'],
  ['tests/kernels/transpose', 'drawn'],
  ['tests/models/augment/sweep', 'drawn'],
  ['tests/models/diverged', 'drawn'],
  ['tests/models/elsewhere', 'drawn'],
  ['tests/models/learns', 'drawn'],
  ['tests/plan/depth', 'drawn'],
  ['tests/plan/growth', 'drawn'],
  ['tests/plan/recompute', 'drawn'],
  ['tests/runtime/anywhere', 'drawn'],
  ['tests/runtime/depth', 'drawn'],
  // The processor has files of its own there.
  ['tests/runtime/cpu', 'cpu'],
  ['tests/runtime/', 'wgsl'],
  ['tests/study/run', 'drawn'],
  ['tests/tuner/cpu', 'cpu'],
  ['tests/tuner/', 'wgsl'],
  ['tests/types/cost', 'drawn'],
  ['tests/wgsl/', 'wgsl'],
  ['tests/', 'cpu'],
]
/** What is drawn takes so many seconds at most: by `durations.json`, or so long where it does not say. */
const SAMPLE_SECONDS = 45
const UNKNOWN_SECONDS = 15

/**
 * The jobs of some files, `{ name, file, adapter, worker }`: on which adapter, and whether in a process that keeps what it has loaded.
 * `all`: the whole. `named`: the files were asked for by name. `durations`: seconds of jobs, by their names.
 */
export function jobsOf(files, { all, named, seed, root, adapter, durations }) {
  if (all) return files.map(file => job(file, adapter ?? 'swiftshader', false))
  const placed = files.map(file => ({ file, place: table.find(([start]) => file.startsWith(start))[1] }))
  const swiftshader = ({ file }) => job(file, adapter ?? 'swiftshader', true)
  const jobs = placed.flatMap(({ file, place }) => {
    if (place === 'wgsl' || (place === 'drawn' && named)) return [swiftshader({ file })]
    if (place === 'cpu' || place === 'alone') return [job(file, adapter ?? 'cpu', place === 'cpu')]
    return place === 'whole' && named ? [job(file, adapter ?? 'swiftshader', false)] : []
  })
  const compares = file => /\b(testDevice|compareOnDevice)\b/.test(readFileSync(`${root}${file}`, 'utf8'))
  const pool = placed.filter(({ file, place }) => place === 'drawn' || (place === 'cpu' && compares(file)))
  const seconds = ({ name }) => durations[name] ?? UNKNOWN_SECONDS
  return named || adapter ? jobs : [...jobs, ...sample(pool.map(swiftshader), seconds, seed)]
}

const job = (file, adapter, worker) => ({ name: `${file} on ${adapter}`, file, adapter, worker })

/** Jobs drawn by a linear congruential generator, of which one that no longer fits is passed over. */
function sample(jobs, seconds, seed) {
  const left = [...jobs]
  let state = Math.imul(seed, 2654435761)
  let time = SAMPLE_SECONDS
  const drawn = []
  while (left.length > 0) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const [job] = left.splice(Math.floor((state / 2 ** 32) * left.length), 1)
    if (seconds(job) > time) continue
    time -= seconds(job)
    drawn.push(job)
  }
  return drawn
}
