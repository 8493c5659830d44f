/**
 * Attention that learns to look things up: sixteen keys with a value each, and queries that are
 * the keys with noise on them. What must come out is the value that belongs to the key.
 * Make the 32 of `toKeys` a 30, and see what the editor says.
 */
import { add, attention, entry, mean, mul, normal, square, sub } from 'facet-tensor'
import { adamw, fit, linear } from 'facet-tensor/models'
import type { Session } from 'facet-tensor/runtime'

const toQueries = linear(8, 32) // [..., 8] to [..., 32]
const toKeys = linear(8, 32)

const loss = entry({ keys: ['batch', 16, 8], values: ['batch', 16, 4] }, ({ keys, values }) => {
  const noisy = add(keys, mul(normal(keys.shape), 0.3))
  const found = attention(toQueries(noisy), toKeys(keys), values) // Tensor<['batch', 16, 4]>: hover it
  return { loss: mean(square(sub(found, values))) }
})

/** The loss with its gradient and optimizer. What is exported is compiled, and shown. */
export const step = fit({ toQueries, toKeys }, loss, adamw({ learningRate: 0.01 }))

/** What the named sizes are. */
export const sizes = { batch: 64 }

/** *Run* calls this. What it yields is drawn. */
export async function* run(session: Session<{ step: typeof step }>) {
  const random = (length: number) => Float32Array.from({ length }, () => 3.5 * (Math.random() - 0.5))
  for (let n = 1; n <= 600; n++) {
    const [keys, values] = [random(64 * 16 * 8), random(64 * 16 * 4)]
    session.run('step', { keys, values }) // enqueued, not awaited
    await session.ready() // at most three steps ahead of the device
    if (n % 10 === 0) yield { step: n, loss: (await session.read('step')).loss[0]! }
  }
}
