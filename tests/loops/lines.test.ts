/** Maps that read something once per row or channel run in vectors on a processor, with what does not fill one at the end of a line. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compileGraphs } from '../../compiler/compile.js'
import type { Untyped } from '../../compiler/graph/node.js'
import { cpu } from '../../compiler/kernels/target.js'
import { printProgram } from '../../compiler/loops/program.js'
import * as o from '../../compiler/ops/index.js'
import { closeTestDevice, compareOnDevice, type DeviceCase, graphOf } from '../device.js'

const t = (x: unknown): Untyped => x as Untyped
const filled = (...shape: number[]) => ({
  shape,
  values: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(1.3 * i + shape.length)),
})
const cases: readonly DeviceCase[] = [
  { name: 'a bias', inputs: [filled(6, 32), filled(32)], build: (x, b) => o.exp(t(o.add(x, b))) },
  { name: 'lines of 19', inputs: [filled(6, 19), filled(19)], build: (x, b) => o.exp(t(o.add(x, b))) },
  {
    name: 'a factor per channel',
    inputs: [filled(2, 3, 4, 8), filled(3, 1, 1)],
    build: (x, s) => o.exp(t(o.mul(x, s))),
  },
  {
    name: 'gates',
    inputs: [filled(6, 48)],
    build: x => {
      const [a, b, c] = o.split(x, 3, 1) as readonly Untyped[]
      return o.add(t(o.mul(a!, b!)), c!)
    },
  },
  {
    name: 'parts of lines',
    inputs: [filled(6, 16), filled(6, 32)],
    build: (a, b) => o.exp(t(o.concat(a, b as never, 1))),
  },
]
for (const one of cases)
  test(`${one.name}: in vectors`, () => {
    const texts: string[] = []
    const { graph } = graphOf(one, 0)
    const forward = { ...graph, outputs: { y: graph.outputs[Object.keys(graph.outputs)[0]!]! } }
    compileGraphs([forward], {
      target: cpu,
      observe: stage => stage.name === 'loops' && texts.push(...stage.loops.map(printProgram)),
    })
    assert.is(texts.length, 1)
    const loads = [...texts[0]!.matchAll(/in\d+\[.*?\]/g)].map(([load]) => load)
    assert.ok(
      loads.some(load => load.endsWith('to +3]')),
      texts[0]!,
    )
  })

test('what branches share is widened once: text is linear in the number of selections', () => {
  const length = (levels: number): number => {
    let text = 0
    const graph = graphOf(
      {
        name: 'selections',
        inputs: [filled(6, 32), filled(32)],
        build(x, b) {
          let y: Untyped = t(o.add(x, b))
          for (let i = 0; i < levels; i++) y = t(o.select(t(o.greater(b, i / 8)), t(o.mul(t(o.exp(y)), y)), b))
          return y
        },
      },
      0,
    ).graph
    compileGraphs([{ ...graph, outputs: { y: graph.outputs[Object.keys(graph.outputs)[0]!]! } }], {
      target: cpu,
      observe: stage => {
        if (stage.name === 'loops') text += stage.loops.map(printProgram).join().length
      },
    })
    return text
  }
  const [five, ten, twenty] = [5, 10, 20].map(length) as [number, number, number]
  assert.ok(twenty - ten < 2.5 * (ten - five), `${five}, ${ten}, ${twenty} characters`)
})

test('on the device as in the reference', async () => {
  assert.equal(await compareOnDevice(cases), [])
})

test.after(closeTestDevice)
test.run()
