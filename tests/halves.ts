/**
 * f16 storage on devices without `shader-f16`, as SwiftShader is: the same kernels with every buffer of halves declared as one
 * of words. A word holds two of them, which invocations may store at once, hence the atomics.
 */
import type { Program } from '../compiler/plan/program.js'
import type { Device } from '../runtime/node.js'

/** The program as `device` can run it; itself, where the device has f16. */
export const runnable = <P extends Program>(program: P, device: Device): P =>
  device.features.has('shader-f16')
    ? program
    : { ...program, kernels: program.kernels.map(kernel => ({ ...kernel, code: inWords(kernel.code) })) }

/** The packing functions of WGSL, which leave open what becomes of infinities and NaN. */
const HALVES = `fn pack_halves(x: vec2<f32>) -> u32 {
  let bits = bitcast<vec2<u32>>(x);
  let size = bits & vec2<u32>(0x7fffffffu);
  let special = ((bits >> vec2<u32>(16u)) & vec2<u32>(0x8000u)) | select(vec2<u32>(0x7c00u), vec2<u32>(0x7e00u), size > vec2<u32>(0x7f800000u));
  let beyond = size >= vec2<u32>(0x47800000u);
  let word = pack2x16float(select(x, vec2<f32>(0.0f), beyond));
  let halves = select(vec2<u32>(word & 0xffffu, word >> 16u), special, beyond);
  return halves.x | (halves.y << 16u);
}
fn unpack_halves(word: u32) -> vec2<f32> {
  let halves = vec2<u32>(word & 0xffffu, word >> 16u);
  let special = ((halves & vec2<u32>(0x8000u)) << vec2<u32>(16u)) | vec2<u32>(0x7f800000u) | ((halves & vec2<u32>(0x3ffu)) << vec2<u32>(13u));
  return select(unpack2x16float(word), bitcast<vec2<f32>>(special), (halves & vec2<u32>(0x7c00u)) == vec2<u32>(0x7c00u));
}`
const DECLARATION = /var<storage, (\w+)> (\w+): array<(f16|vec4<f16>), (\d+)>;/g

function inWords(code: string): string {
  if (!code.includes('enable f16;')) return code
  const helpers: string[] = [HALVES]
  const names: string[] = []
  const declared = code.replace('enable f16;\n', '').replace(DECLARATION, (_, access, name, type, count) => {
    names.push(name)
    if (type !== 'f16') {
      helpers.push(
        `fn get_${name}(i: i32) -> vec4<f32> { return vec4<f32>(unpack_halves(${name}[i].x), unpack_halves(${name}[i].y)); }`,
      )
      if (access === 'read_write')
        helpers.push(
          `fn put_${name}(i: i32, x: vec4<f32>) { ${name}[i] = vec2<u32>(pack_halves(x.xy), pack_halves(x.zw)); }`,
        )
      return `var<storage, ${access}> ${name}: array<vec2<u32>, ${count}>;`
    }
    const shared = access === 'read_write'
    const word = shared ? `atomicLoad(&${name}[i / 2])` : `${name}[i / 2]`
    helpers.push(`fn get_${name}(i: i32) -> f32 { return unpack_halves(${word})[i % 2]; }`)
    if (shared)
      helpers.push(
        `fn put_${name}(i: i32, x: f32) { let by = u32(i % 2) * 16u; atomicAnd(&${name}[i / 2], 0xffff0000u >> by); atomicOr(&${name}[i / 2], pack_halves(vec2<f32>(x, 0.0f)) << by); }`,
      )
    return `var<storage, ${access}> ${name}: array<${shared ? 'atomic<u32>' : 'u32'}, ${Math.ceil(count / 2)}>;`
  })
  const [head, body] = declared.split('@compute') as [string, string]
  return `${head}${helpers.join('\n')}\n@compute${accesses(body, names)}`
}

/** The text with `name[at]` and `name[at] = value;` as calls. */
function accesses(text: string, names: readonly string[]): string {
  const found = new RegExp(`\\b(${names.join('|')})\\[`).exec(text)
  if (!names.length || !found) return text.replace(/\b(vec4<)?f16\b/g, '$1f32')
  const [opening, name] = found as unknown as [string, string]
  const start = found.index + opening.length
  let end = start
  for (let open = 1; open > 0; end++) open += text[end] === '[' ? 1 : text[end] === ']' ? -1 : 0
  const before = accesses(text.slice(0, found.index), [])
  const at = accesses(text.slice(start, end - 1), names)
  const rest = text.slice(end)
  if (!rest.startsWith(' = ')) return `${before}get_${name}(${at})${accesses(rest, names)}`
  const semicolon = rest.indexOf(';')
  return `${before}put_${name}(${at}, ${accesses(rest.slice(3, semicolon), names)})${accesses(rest.slice(semicolon), names)}`
}
