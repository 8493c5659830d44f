/**
 * Seeded random numbers on the host, for what happens before a step: drawing images, shuffling. The same numbers on
 * every machine. (Random numbers inside a step come from the device: `compiler/ops/random.ts`.)
 * Generator: xoshiro128** (Blackman and Vigna 2018), its state filled by hashing the keys.
 */
/** Each call gives a number in [0, 1) with 32 random bits. */
export type Generator = () => number

/** An independent generator for each list of keys, such as a seed and an epoch. */
export function generator(...keys: number[]): Generator {
  let mixed = 0
  for (const key of keys) mixed = mix((mixed ^ key) >>> 0)
  return xoshiro(new Uint32Array(4).map((_, i) => mix((mixed + Math.imul(i + 1, 0x9e3779b9)) >>> 0)))
}

/** xoshiro128** from a state of four words, which must not all be 0. */
export function xoshiro([a, b, c, d]: Uint32Array | number[]): Generator {
  let [s0, s1, s2, s3] = [a!, b!, c!, d!]
  return () => {
    const result = Math.imul(rotate(Math.imul(s1, 5), 7), 9)
    const t = s1 << 9
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = rotate(s3, 11)
    return (result >>> 0) / 2 ** 32
  }
}

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by))
/** A bijective 32-bit hash (Wellons' lowbias32, of a counter). */
function mix(x: number): number {
  x = (x + 0x9e3779b9) | 0
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
  return (x ^ (x >>> 15)) >>> 0
}

/** A uniformly random order of `0 .. count - 1` (Fisher-Yates). */
export function permutation(count: number, random: Generator): Uint32Array {
  const order = new Uint32Array(count).map((_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const held = order[i]!
    order[i] = order[j]!
    order[j] = held
  }
  return order
}
