/** Helper functions that scalar texts may call, emitted only where used. */
import { KEY1 } from '../ops/random.js'

const MULTIPLY_HIGH = `
fn multiply_high(a: u32, b: u32) -> u32 {
  let a0 = a & 0xffffu; let a1 = a >> 16u;
  let b0 = b & 0xffffu; let b1 = b >> 16u;
  let middle = a1 * b0 + ((a0 * b0) >> 16u);
  let cross = a0 * b1 + (middle & 0xffffu);
  return a1 * b1 + (middle >> 16u) + (cross >> 16u);
}`

export const helpers: Readonly<Record<string, string>> = {
  /**
   * Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): lane i & 3 of the block
   * with counter (i >> 2, 0, step, stream) and key (seed, KEY1).
   */
  philox: `${MULTIPLY_HIGH}
fn philox(i: u32, step: u32, stream: u32, seed: u32) -> u32 {
  var c = vec4<u32>(i >> 2u, 0u, step, stream);
  var k = vec2<u32>(seed, ${KEY1 >>> 0}u);
  for (var round = 0; round < 10; round++) {
    c = vec4<u32>(multiply_high(0xCD9E8D57u, c.z) ^ c.y ^ k.x, 0xCD9E8D57u * c.z, multiply_high(0xD2511F53u, c.x) ^ c.w ^ k.y, 0xD2511F53u * c.x);
    k += vec2<u32>(0x9E3779B9u, 0xBB67AE85u);
  }
  return c[i & 3u];
}`,
  /** Error function: power series near 0, and W. J. Cody's rational approximations (Math. Comp. 23, 1969) beyond. */
  erf: `
fn erf(x: f32) -> f32 {
  let a = abs(x);
  if (a < 0.5f) {
    let z = x * x;
    let p = ((-0.035609843f * z + 6.9963834f) * z + 21.979261f) * z + 242.66795f;
    let q = ((z + 15.082797f) * z + 91.16491f) * z + 215.05887f;
    return x * p / q;
  }
  let b = min(a, 4.0f);
  let p = ((((((-0.000000136864857f * b + 0.56419551748f) * b + 7.2117582509f) * b + 43.162227222f) * b + 152.98928505f) * b + 339.32081673f) * b + 451.91895371f) * b + 300.45926102f;
  let q = ((((((b + 12.782727320f) * b + 77.000152935f) * b + 277.58544475f) * b + 638.98026447f) * b + 931.35409485f) * b + 790.95092532f) * b + 300.45926096f;
  return sign(x) * (1.0f - exp(-b * b) * p / q);
}`,
  /** tanh(x): its power series near 0, where drivers lose everything; clamped far out, where they overflow. */
  saturating_tanh: `
fn saturating_tanh(x: f32) -> f32 {
  let z = x * x;
  let series = x * (1.0f - z * (0.33333333f - z * (0.13333333f - z * 0.053968254f)));
  return select(tanh(clamp(x, -15.0f, 15.0f)), series, abs(x) < 0.1f);
}`,
  /** exp(x) - 1: its power series near 0, where the difference would cancel. */
  expm1: `
fn expm1(x: f32) -> f32 {
  let series = x * (1.0f + x * (0.5f + x * (0.16666667f + x * (0.041666667f + x * (0.0083333333f + x * (0.0013888889f + x * 0.0001984127f))))));
  return select(exp(x) - 1.0f, series, abs(x) < 0.5f);
}`,
  /** log(1 + x): near 0 as 2 artanh(x / (2 + x)), by its power series. */
  log1p: `
fn log1p(x: f32) -> f32 {
  let s = x / (2.0f + x);
  let z = s * s;
  let series = 2.0f * s * (1.0f + z * (0.33333333f + z * (0.2f + z * (0.14285714f + z * 0.11111111f))));
  return select(log(1.0f + x), series, abs(x) < 0.4f);
}`,
  /**
   * The nearest f16, halves to even. By its bits above 2^-14, as a multiple of 2^-24 below: drivers drop a conversion to f16
   * and back, and `quantizeToF16` loses what is small.
   */
  round_to_half: `
fn round_to_half(x: f32) -> f32 {
  let y = clamp(x, -65504.0f, 65504.0f);
  let bits = bitcast<u32>(y);
  let near = bitcast<f32>((bits + 0xfffu + ((bits >> 13u) & 1u)) & 0xffffe000u);
  return select(near, round(y * 16777216.0f) * 5.9604645e-8f, abs(y) < 6.1035156e-5f);
}`,
  /** a to the power of b, also for 0 and for negative `a` with integer `b`. */
  power: `
fn power(a: f32, b: f32) -> f32 {
  if (b == 0.0f) { return 1.0f; }
  if (a == 0.0f) { return select(0.0f, 3.4028234e38f, b < 0.0f); }
  let size = pow(abs(a), b);
  let odd = abs(b - 2.0f * round(b * 0.5f)) == 1.0f;
  return select(size, -size, a < 0.0f && odd);
}`,
  /**
   * (sin x, cos x): Cody and Waite's reduction to a quarter turn around 0, then the polynomials of S. Moshier's Cephes.
   * WGSL's own functions may be off by 2^-11, too much for a normal draw, and promise nothing beyond a turn.
   */
  sine_cosine: `
fn sine_cosine(x: f32) -> vec2<f32> {
  let quarter = round(x * 0.63661977f);
  let r = ((x - quarter * 1.5703125f) - quarter * 0.000483751296997f) - quarter * 0.0000000754978994877f;
  let z = r * r;
  let s = r + r * z * (-0.16666654611f + z * (0.0083321608736f - z * 0.00019515295891f));
  let c = 1.0f - 0.5f * z + z * z * (0.04166664568f + z * (-0.001388731625f + z * 0.00002443315712f));
  let turn = i32(quarter) & 3;
  let swapped = select(vec2<f32>(s, c), vec2<f32>(c, s), (turn & 1) == 1);
  return swapped * vec2<f32>(select(1.0f, -1.0f, turn >= 2), select(1.0f, -1.0f, turn == 1 || turn == 2));
}`,
}
