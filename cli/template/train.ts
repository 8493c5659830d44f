/** Training, in Node and in a page alike: no line of it knows where it runs. */
import type { Session } from 'facet-tensor/runtime'
import { images } from './data.js'

/** The bundle's entries with their shapes: `facet compile` writes them beside it. */
export type Model = typeof import('./public/model.facet.js')

/** Trains for so many steps, and gives the loss of every tenth. */
export async function* train(session: Session<Model>, steps: number): AsyncGenerator<{ step: number; loss: number }> {
  for (let step = 1; step <= steps; step++) {
    session.run('step', { images: images(step) }) // enqueued, not awaited
    await session.ready() // at most three steps ahead of the device
    if (step % 10 === 0) yield { step, loss: (await session.read('step')).loss[0]! }
  }
}
