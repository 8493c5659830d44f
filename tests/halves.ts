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

const DECLARATION = /var<storage, (\w+)> (\w+): array<(f16|vec4<f16>), (\d+)>;/g

function inWords(code: string): string {
  if (!code.includes('enable f16;')) return code
  const helpers: string[] = []
  const names: string[] = []
  const declared = code.replace('enable f16;\n', '').replace(DECLARATION, (_, access, name, type, count) => {
    names.push(name)
    if (type !== 'f16') {
      helpers.push(
        `fn get_${name}(i: i32) -> vec4<f32> { return vec4<f32>(unpack2x16float(${name}[i].x), unpack2x16float(${name}[i].y)); }`,
      )
      if (access === 'read_write')
        helpers.push(
          `fn put_${name}(i: i32, x: vec4<f32>) { ${name}[i] = vec2<u32>(pack2x16float(x.xy), pack2x16float(x.zw)); }`,
        )
      return `var<storage, ${access}> ${name}: array<vec2<u32>, ${count}>;`
    }
    const shared = access === 'read_write'
    const word = shared ? `atomicLoad(&${name}[i / 2])` : `${name}[i / 2]`
    helpers.push(`fn get_${name}(i: i32) -> f32 { return unpack2x16float(${word})[i % 2]; }`)
    if (shared)
      helpers.push(
        `fn put_${name}(i: i32, x: f32) { let by = u32(i % 2) * 16u; atomicAnd(&${name}[i / 2], 0xffff0000u >> by); atomicOr(&${name}[i / 2], pack2x16float(vec2<f32>(x, 0.0f)) << by); }`,
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

/** The number that 16 bits stand for. */
export function fromHalf(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024))
}
