/** f16 as the runtime holds it, by bits, from and to f32. */

/** The nearest halves of values within their range, as bits; ties to even. */
export function toHalves(values: Float32Array): Uint16Array {
  const scaled = new Float32Array(1)
  const bits = new Uint32Array(scaled.buffer)
  return Uint16Array.from(values, value => {
    // Scaled by 2^-112, a float has the exponent of a half, and its denormals are those of a half.
    scaled[0] = value * 2 ** -112
    const magnitude = bits[0]! & 0x7fffffff
    const odd = (magnitude >>> 13) & 1
    return ((bits[0]! >>> 16) & 0x8000) | ((magnitude + 0xfff + odd) >>> 13)
  })
}

export function fromHalves(halves: ArrayLike<number>): Float32Array {
  const value = new Float32Array(1)
  const bits = new Uint32Array(value.buffer)
  return Float32Array.from(halves, half => {
    bits[0] = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13)
    return value[0]! * 2 ** 112
  })
}
