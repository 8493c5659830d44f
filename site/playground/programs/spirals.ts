/**
 * Two spirals told apart by a small network, and an optimizer that is no part of Facet: its formula
 * is all that it takes.
 */
import { crossEntropy, entry, i32, lerp, mul, relu, sequential, sign, sub } from 'facet-tensor'
import { cosineSchedule, fit, linear, type Optimizer, type Schedule } from 'facet-tensor/models'
import type { Session } from 'facet-tensor/runtime'

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

export const step = fit(net, loss, lion(cosineSchedule(0.003, { steps: 1000 })), { clip: { norm: 1 } })
export const sizes = { batch: 128 }

// Points alternate between the spirals.
const x = Float32Array.from({ length: 256 }, (_, i) => {
  const turn = Math.floor(i / 4) / 20
  const angle = 3 * turn + (i & 2 ? Math.PI : 0)
  return turn * (i & 1 ? Math.sin(angle) : Math.cos(angle))
})
const y = Int32Array.from({ length: 128 }, (_, i) => i % 2)

export async function* run(session: Session<{ step: typeof step }>) {
  for (let n = 1; n <= 1000; n++) {
    session.run('step', { x, y })
    await session.ready()
    if (n % 10 > 0) continue
    const { loss, gradientNorm } = await session.read('step')
    yield { step: n, loss: loss[0]!, 'norm of the gradient': gradientNorm[0]! }
  }
}
