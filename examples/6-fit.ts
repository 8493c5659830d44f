/**
 * Training a module of one's own: `fit` makes the step of a loss and an optimizer, here one that is no part of Facet.
 *
 *     npx tsx examples/6-fit.ts
 */
import { compile, crossEntropy, entry, i32, lerp, mul, relu, sequential, sign, sub, targetFor } from 'facet-tensor'
import { cosineSchedule, fit, linear, type Optimizer, type Schedule } from 'facet-tensor/models'
import { load, openDevice } from 'facet-tensor/runtime'

/** Lion: the sign of a mean of gradients (Chen et al., arXiv 2302.06675). */
const lion = (learningRate: number | Schedule, [b1, b2] = [0.9, 0.99]): Optimizer => ({
  learningRate,
  descend({ tensor }, gradient, { learningRate: rate, kept, keep }) {
    const momentum = kept('momentum')
    keep('momentum', lerp(gradient, momentum, b2))
    return sub(tensor, mul(rate, sign(lerp(gradient, momentum, b1))))
  },
})

const net = sequential(linear(2, 32), relu, linear(32, 32), relu, linear(32, 2))
const loss = entry({ x: ['batch', 2], y: i32(['batch']) }, ({ x, y }) => ({ loss: crossEntropy(net(x), y) }))
const step = fit(net, loss, lion(cosineSchedule(0.003, { steps: 300 })), { clip: { norm: 1 } })

// Two spirals, one for each class.
const batch = 128
const x = Float32Array.from({ length: 2 * batch }, (_, i) => {
  const turn = Math.floor(i / 4) / 20
  const angle = 3 * turn + (i & 2 ? Math.PI : 0)
  return turn * (i & 1 ? Math.sin(angle) : Math.cos(angle))
})
const y = Int32Array.from({ length: batch }, (_, i) => i % 2)

const device = await openDevice()
const session = await load(device, compile({ step }, { batch }, { target: targetFor(device) }), { seed: 1 })
for (let i = 0; i <= 300; i++) {
  session.run('step', { x, y })
  if (i % 100 === 0) {
    const { loss, gradientNorm } = await session.read('step')
    console.log(`step ${i}: loss ${loss[0]!.toFixed(1)}, gradient ${gradientNorm[0]!.toFixed(1)}`)
  }
}
device.destroy()
