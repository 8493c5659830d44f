/** Recomputation under a byte budget: the program fits, computes the same, and says so where it cannot fit. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compile, type Stage } from '../../compiler/compile.js'
import { add, cast, dot, exp, grad, iota, mean, mul, scan, sin, sub, sum, tanh, zeros } from '../../compiler/index.js'
import { software } from '../../compiler/kernels/target.js'
import { entry, u8 } from '../../compiler/language/entry.js'
import { bytesOf, LimitError } from '../../compiler/plan/limits.js'
import { convnet } from '../../models/encoders/convnet.js'
import { predictor, projector } from '../../models/heads.js'
import { imageView, sgd, simsiam, train } from '../../models/index.js'
import { load } from '../../runtime/node.js'
import { closeTestDevice, testDevice } from '../device.js'

const [BATCH, SIZE] = [16, 16]
const method = simsiam({
  encoder: convnet({ width: 4 }),
  projector: projector(32, { out: 16, hidden: 16, batchNorm: true }),
  predictor: predictor(16, { hidden: 8 }),
})
const step = entry({ images: u8(['batch', SIZE, SIZE, 3]) }, ({ images }) =>
  train(method, sgd({ learningRate: 0.1, momentum: 0.9 }), [
    imageView(images, 'simsiam-cifar'),
    imageView(images, 'simsiam-cifar'),
  ]),
)
const compiled = (memory?: number) => {
  let bound = 0
  const observe = (stage: Stage) => {
    if (stage.name === 'plan') bound = stage.memory.step!.lowerBound
  }
  const options = { target: software, observe, ...(memory !== undefined && { memory }) }
  const program = compile({ step }, { batch: BATCH }, options)
  return { program, bound, bytes: program.slabs.reduce((a, b) => a + b, 0) }
}

test('a smaller budget is kept by computing again, with kernels that are there already', () => {
  const free = compiled()
  const budget = Math.floor(free.bytes * 0.85)
  const tight = compiled(budget)
  assert.ok(tight.bytes <= budget, `${tight.bytes} bytes of ${budget}`)
  assert.ok(tight.bound < free.bound)
  const dispatches = ({ program }: typeof free) => program.entries.step!.dispatches
  assert.ok(dispatches(tight).length > dispatches(free).length)
  const flops = (of: typeof free) => dispatches(of).reduce((sum, dispatch) => sum + dispatch.flops, 0)
  assert.ok(flops(tight) > flops(free) && flops(tight) < 2 * flops(free))
})

test('a budget that is large enough changes nothing', () => {
  const free = compiled()
  assert.equal(compiled(free.bytes).program, free.program)
})

test('training steps compute the same', async () => {
  const free = compiled()
  const images = Uint8Array.from({ length: BATCH * SIZE * SIZE * 3 }, (_, i) => (i * 89) % 256)
  const results = []
  for (const { program } of [free, compiled(Math.floor(free.bytes * 0.85))]) {
    const session = await load(await testDevice(), program, { seed: 3 })
    for (let i = 0; i < 3; i++) session.run('step', { images })
    const { loss } = await session.read('step')
    const names = program.variables.map(({ name }) => name)
    results.push({ loss: [...(loss as Float32Array)], variables: await session.readVariables(names) })
    session.destroy()
  }
  assert.ok(Number.isFinite(results[0]!.loss[0]))
  assert.equal(results[1], results[0])
})

test('a program with a loop is planned under a budget, and computes the same', async () => {
  const looped = entry({ x: [32, 256] }, ({ x }) => {
    const wide = exp(x)
    const weights = mul(sin(cast(iota([256, 256], 0), 'f32')), 0.1)
    const { outputs } = scan(
      ({ h }, row) => {
        // Two kernels, of which the second reads what the first has just written.
        const next = tanh(add(dot(tanh(dot(h, weights)), weights), row))
        return { carry: { h: next }, output: next }
      },
      { h: zeros([256]) },
      wide,
    )
    const y = sum(mul(mul(outputs, wide), sub(wide, mean(wide, 0))))
    return { y, g: grad(y, { x }).x }
  })
  const whole = compile({ looped }, {}, { target: software })
  const bytes = whole.slabs.reduce((a, b) => a + b, 0)
  const x = Float32Array.from({ length: 32 * 256 }, (_, i) => Math.sin(i))
  const results: unknown[] = []
  for (const memory of [undefined, bytes, bytes - 4096, bytes >> 1]) {
    try {
      const session = await load(
        await testDevice(),
        compile({ looped }, {}, { target: software, ...(memory && { memory }) }),
        { init: false },
      )
      results.push(await session.call('looped', { x }))
      session.destroy()
    } catch (error) {
      assert.instance(error, LimitError)
    }
  }
  assert.ok(results.length >= 2)
  for (const result of results) assert.equal(result, results[0])
})

test('a budget out of reach is a sentence', () => {
  const failed = (): LimitError => {
    try {
      compiled(100_000)
    } catch (error) {
      return error as LimitError
    }
    throw new Error('it fits')
  }
  const error = failed()
  assert.instance(error, LimitError)
  assert.match(
    error.message,
    /^memory is limited to 0\.1 MiB, and the smallest plan found takes \d+\.\d MiB, of which \d+\.\d MiB are variables and inputs: make the batch smaller$/,
  )
})

test('bytes are numbers or text with a unit', () => {
  assert.is(bytesOf('2GiB'), 2 ** 31)
  assert.is(bytesOf('512MiB'), 2 ** 29)
  assert.is(bytesOf('1.5KiB'), 1536)
  assert.is(bytesOf(1000), 1000)
  for (const wrong of ['2GB', '12', '', '-1MiB', -1, Number.NaN])
    assert.throws(
      () => bytesOf(wrong as never),
      /memory takes a number of bytes or text such as '512MiB' or '2GiB', got/,
    )
})

test.after(closeTestDevice)
test.run()
