/** What is done with the bundle, in Node and in a page alike: no line of it knows where it runs. */
import type { Session } from 'facet-tensor/runtime'

/** The bundle's entries, with the exact shapes: `facet compile` wrote them beside it. */
export type Model = typeof import('./public/simsiam.facet.js')

/** Trains for some steps and embeds the first images. Gives every loss, and the features `[16, 32]`. */
export async function work(session: Session<Model>, steps: number): Promise<{ losses: number[]; features: number[] }> {
  const losses: number[] = []
  for (let n = 0; n < steps; n++) {
    const { loss } = await session.call('step', { images: images(n) })
    losses.push(loss[0]!)
  }
  const { features } = await session.call('embed', { images: images(0) })
  return { losses, features: [...features] }
}

/** A batch of waves in three colours, 16 images of 16 x 16 pixels. */
function images(batch: number): Uint8Array {
  return Uint8Array.from({ length: 16 * 16 * 16 * 3 }, (_, i) => {
    const [channel, x, y, n] = [i % 3, Math.floor(i / 3) % 16, Math.floor(i / 48) % 16, Math.floor(i / 768)]
    return 128 + 100 * Math.sin(x * (1 + (n % 4)) * 0.4 + y * (n >> 2) * 0.4 + channel + batch)
  })
}
