/**
 * Gradients: a function with variables, its gradient as part of the graph, updates on the device.
 *
 *     npx tsx examples/2-gradients.ts
 */
import {
  compile,
  entry,
  grad,
  mean,
  module,
  mul,
  namedParameters,
  square,
  sub,
  type Tensor,
  tanh,
  update,
} from 'facet-tensor'
import { load, openDevice } from 'facet-tensor/runtime'

/** y = a tanh(b x), with trained `a` and `b`. */
const curve = module(({ param }) => {
  const a = param('a', [], 1)
  const b = param('b', [], 1)
  return (x: Tensor<['points'], 'f32'>) => mul(a, tanh(mul(b, x)))
})

/** One step of gradient descent on the squared error. Everything in here runs on the device. */
const step = entry({ x: ['points'], y: ['points'] }, ({ x, y }) => {
  const loss = mean(square(sub(curve(x), y)))
  const parameters = namedParameters(curve)
  const gradients = grad(loss, parameters)
  for (const [name, parameter] of Object.entries(parameters))
    update(parameter, sub(parameter, mul(gradients[name]!, 0.25)))
  return { loss }
})

const x = Float32Array.from({ length: 32 }, (_, i) => (i - 15.5) / 8)
const y = x.map(value => 2 * Math.tanh(0.5 * value))

const device = await openDevice()
const session = await load(device, compile({ step }, { points: 32 }))
for (let i = 0; i <= 1200; i++) {
  session.run('step', { x, y }) // does not wait
  if (i % 400 === 0) console.log(`step ${i}: loss ${(await session.read('step')).loss[0]!.toFixed(6)}`)
}
const { a, b } = await session.readVariables(['a', 'b'])
console.log(`y = ${Number(a).toFixed(2)} tanh(${Number(b).toFixed(2)} x)`)
device.destroy()
