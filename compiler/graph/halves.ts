/** Halves, as numbers and as the 16 bits that memory holds. */
const LARGEST = 65504

/** The nearest f16, halves to even: 11 bits, at least 2^-24 apart. Beyond its range it is infinite. */
export function toHalf(x: number): number {
  if (!Number.isFinite(x)) return x
  const apart = 2 ** Math.max(Math.floor(Math.log2(Math.abs(x))) - 10, -24)
  const digits = 1.5 * 2 ** 52 * apart // a sum with it keeps no digits below `apart`
  const near = x + digits - digits
  return Math.abs(near) > LARGEST ? Math.sign(x) * Infinity : near
}

/** The number that 16 bits stand for. */
export function fromHalf(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024))
}

/** The bits of the nearest half. */
export function halfBits(x: number): number {
  const half = toHalf(x)
  if (Number.isNaN(half)) return 0x7e00
  const sign = half < 0 || Object.is(half, -0) ? 0x8000 : 0
  const size = Math.abs(half)
  if (size === Infinity) return sign | 0x7c00
  if (size < 2 ** -14) return sign | (size * 2 ** 24)
  const exponent = Math.floor(Math.log2(size))
  return sign | ((exponent + 15) << 10) | ((size / 2 ** exponent - 1) * 1024)
}
