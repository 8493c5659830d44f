/** The images to learn from: put your own here. */

/** Images of a batch, and their height and width: those of the bundle's shapes. */
const [BATCH, SIZE] = [64, 16]

/** A batch of bytes `[64, 16, 16, 3]`: waves in colours, whose directions and lengths are drawn from `seed`. */
export function images(seed: number): Uint8Array<ArrayBuffer> {
  let state = seed
  const draw = (): number => (state = (1664525 * state + 1013904223) % 2 ** 32) / 2 ** 32
  const bytes = new Uint8Array(BATCH * SIZE * SIZE * 3)
  for (let n = 0, at = 0; n < BATCH; n++) {
    const [angle, length, tint] = [Math.PI * draw(), 3 + 9 * draw(), 2 * Math.PI * draw()]
    for (let y = 0; y < SIZE; y++)
      for (let x = 0; x < SIZE; x++) {
        const wave = Math.sin((2 * Math.PI * (x * Math.cos(angle) + y * Math.sin(angle))) / length)
        for (let channel = 0; channel < 3; channel++)
          bytes[at++] = 128 + 60 * wave + 60 * Math.cos(tint + (2 * Math.PI * channel) / 3)
      }
  }
  return bytes
}
