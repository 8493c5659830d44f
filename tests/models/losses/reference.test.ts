/** Losses of methods and their gradients against PyTorch's, in float64: `reference.json`, which `reference.py` makes. */
import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { backward } from '../../../compiler/gradient/reverse.js'
import { evaluateNodes } from '../../../compiler/graph/evaluate.js'
import type { Tensor } from '../../../compiler/graph/node.js'
import { normalize } from '../../../compiler/language/math.js'
import { constant, greater, matmul, stopGradient, transpose } from '../../../compiler/ops/index.js'
import * as m from '../../../models/index.js'
import { input } from '../../device.js'

type Any = Tensor<any, any, any>
interface Case {
  readonly shapes: Readonly<Record<string, number[]>>
  readonly options: Readonly<Record<string, any>>
  readonly loss: number
  readonly gradients: Readonly<Record<string, number[]>>
}
const cases: Record<string, Case> = JSON.parse(readFileSync(new URL('reference.json', import.meta.url), 'utf8'))
const TOLERANCE = 1e-9

/** As in `reference.py`. */
function numbers(count: number, name: string): Float64Array {
  let state = [...name].reduce((hash, character) => (hash * 31 + character.codePointAt(0)!) % 2147483647, 7)
  return Float64Array.from({ length: count }, () => {
    state = (state * 16807) % 2147483647
    return 4 * (state / 2147483647 - 0.5)
  })
}
const stopped = (x: Any): any => stopGradient(x)
const hidden = (mask: Any): any => greater(mask, 0)
const msnOf = ({ anchors, targets, prototypes }: Record<string, any>, options: Case['options']): Any => {
  const [p, t] = [anchors, targets].map(x => matmul(normalize(x), transpose(normalize(prototypes as Any))) as Any)
  const { me_max: meMax = 1, ...others } = options
  return m.msnLoss(p as any, t as any, { ...others, meMax })
}

const builds: Readonly<Record<string, (x: Record<string, any>, options: Case['options']) => Any>> = {
  densecl: ({ k, kDense, queue, denseQueue, ...x }) =>
    m.denseclLoss({
      ...(x as any),
      k: stopped(k),
      kDense: stopped(kDense),
      queue: stopped(queue),
      denseQueue: stopped(denseQueue),
    }),
  msn: msnOf,
  'msn-plain': msnOf,
  koleo: ({ x }) => m.koleo(x),
  ibot: ({ student, teacher, mask, centre }) => m.ibotPatchLoss(student, teacher, hidden(mask), stopped(centre)),
  mae: ({ told, patches, mask }) => m.maeLoss(told, patches, hidden(mask)),
  jepa: ({ told, target }) => m.jepaLoss(told, target),
  siglip: ({ a, b, logScale, bias }) => m.siglipLoss(a, b, logScale, bias),
}

for (const [name, { shapes, options, loss, gradients }] of Object.entries(cases))
  test(`${name}: the loss and its gradients are those of PyTorch`, () => {
    const inputs = Object.fromEntries(Object.entries(shapes).map(([key, shape]) => [key, input(key, shape) as Any]))
    const values = new Map(
      Object.entries(inputs).map(([key, leaf]) => [leaf as Tensor, numbers(gradients[key]!.length, key)] as const),
    )
    const built = builds[name]!(inputs, options)
    const [value, ...found] = evaluateNodes(
      [built, ...backward([[built as never, constant(1, [])]], Object.values(inputs))],
      values,
    )
    assert.ok(Math.abs(value!.data[0]! - loss) < TOLERANCE * Math.abs(loss), `${value!.data[0]} is ${loss} in PyTorch`)
    Object.keys(inputs).forEach((key, i) => {
      const expected = gradients[key]!
      const size = Math.max(...expected.map(Math.abs))
      expected.forEach((one, j) => {
        const off = Math.abs(found[i]!.data[j]! - one)
        assert.ok(off <= TOLERANCE * size, `gradient of ${key}[${j}] is ${found[i]!.data[j]}, in PyTorch ${one}`)
      })
    })
  })

test.run()
