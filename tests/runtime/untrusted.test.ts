// Modules that someone else made: whatever their code does, other programs of the device keep their values, and what goes wrong is
// a typed error. Mutations of a real module, most of which are refused before they run.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile, cpu } from '../../compiler/index.js'
import { generator } from '../../models/data/random.js'
import { type Device, FacetError, load, openDevice, type Session } from '../../runtime/node.js'
import { embed, sizes, step, target, x } from '../bundle/model.js'

const program = compile({ step, embed }, sizes, { target: cpu })
const WANTED = 200
/** A loop without an end hangs its device, as an endless shader hangs a GPU: its owner gives it up. */
const PATIENCE_MS = 1500

/** The module with a few bytes of its code changed. */
function mutated(random: (below: number) => number): Uint8Array<ArrayBuffer> {
  const bytes = program.wasm!.relaxed.slice()
  for (let n = 1 + random(3); n > 0; n--) {
    // Behind the sections of types, imports, functions and exports.
    const at = Math.floor(bytes.length * 0.1) + random(Math.floor(bytes.length * 0.9))
    bytes[at] = random(2) ? random(256) : bytes[at]! ^ (1 << random(8))
  }
  return bytes
}

async function neighbour(device: Device): Promise<{ session: Session; values: readonly number[] }> {
  const session = await load(device, program, { seed: 3 })
  return { session, values: [...(await session.readVariables()).weight!] }
}

test(`${WANTED} mutated modules leave other programs alone`, async () => {
  const next = generator(11)
  const random = (below: number) => Math.floor(next() * below)
  let device = await openDevice({ adapter: 'cpu', threads: 2 })
  let other = await neighbour(device)
  const right = (await other.session.call('step', { x, target })).loss![0]
  other = await neighbour(device)
  let changed = 0
  const ended = { ran: 0, failed: 0, hung: 0 }
  while (ended.ran + ended.failed + ended.hung < WANTED) {
    const module = mutated(random)
    if (!WebAssembly.validate(module)) continue
    const run = async (): Promise<'ran' | 'failed'> => {
      try {
        const session = await load(
          device,
          { ...program, wasm: { relaxed: module, plain: module, scratch: 0 } },
          { seed: 3 },
        )
        const { loss } = await session.call('step', { x, target })
        if (loss![0] !== right) changed++
        session.destroy()
        return 'ran'
      } catch (error) {
        assert.instance(error, FacetError, String(error))
        return 'failed'
      }
    }
    const late = new Promise<'hung'>(resolve => setTimeout(resolve, PATIENCE_MS, 'hung').unref())
    const result = await Promise.race([run(), late])
    ended[result]++
    const alive = result === 'ran'
    if (alive) assert.equal([...(await other.session.readVariables()).weight!], other.values)
    else {
      device.destroy()
      device = await openDevice({ adapter: 'cpu', threads: 2 })
      other = await neighbour(device)
    }
  }
  assert.ok(
    ended.ran > WANTED / 4 && changed > WANTED / 10,
    `${JSON.stringify(ended)}, ${changed} computed another loss`,
  )
  device.destroy()
})

test.run()
