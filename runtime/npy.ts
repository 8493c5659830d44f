/**
 * Arrays in NumPy's format (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): magic, version, header
 * length, a Python dictionary of dtype, order and shape, then the elements. A file is untrusted: everything is checked.
 */
import { BadInput } from './errors.js'
import type { Output } from './values.js'

/** NumPy's name of a dtype and the array it is read as. 64-bit values are read as 32-bit ones. */
const readable = {
  '<f4': Float32Array,
  '<f2': Uint16Array,
  '<i4': Int32Array,
  '<u4': Uint32Array,
  '|u1': Uint8Array,
  '|b1': Uint8Array,
  '<f8': Float64Array,
  '<i8': BigInt64Array,
} as const
type Descr = keyof typeof readable
const writable = ['<f4', '<f2', '<i4', '<u4', '|u1'] as const
/** `\x93NUMPY` */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
const MOST_HEADER = 65_536
const RANK = 32

/** The array of an npy file, copied out of it. Booleans come as bytes of 0 and 1, f16 as bits. Throws `BadInput`, starting with `what`. */
export function readNpy(file: Uint8Array, what = 'the npy file'): Output {
  const fail = (at: number, reason: string): never => {
    throw new BadInput(`${what} is damaged or no npy file: at byte ${at}, ${reason}.`)
  }
  if (file.length < 12 || MAGIC.some((byte, i) => file[i] !== byte)) fail(0, 'it does not begin as one does')
  const version = file[6]!
  if (version < 1 || version > 3 || file[7] !== 0) fail(6, `its version is ${version}.${file[7]}, not 1.0, 2.0 or 3.0`)
  const view = new DataView(file.buffer, file.byteOffset, file.length)
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  const start = version === 1 ? 10 : 12
  if (length > MOST_HEADER || start + length > file.length)
    fail(8, `its header has ${length} bytes, but ${file.length - start} follow`)
  const { descr, fortran_order: fortran, shape } = fields(String.fromCharCode(...file.subarray(start, start + length)))
  if (descr === undefined || fortran === undefined || shape === undefined)
    return fail(start, 'its header is no dictionary of descr, fortran_order and shape')
  const type = descr.slice(1, -1)
  if (!Object.hasOwn(readable, type))
    return fail(start, `its dtype is ${descr}, and only ${Object.keys(readable).join(', ')} can be read`)
  const sizes = (shape.match(/\d+/g) ?? []).map(Number)
  if (fortran === 'True' && sizes.length > 1)
    return fail(start, 'its elements are in Fortran order: write np.ascontiguousarray of it')
  const Type = readable[type as Descr]
  const bytes = sizes.reduce((a, b) => a * b, Type.BYTES_PER_ELEMENT)
  const begin = start + length
  if (sizes.length > RANK || bytes !== file.length - begin)
    fail(begin, `shape (${sizes.join(', ')}) of ${type} needs ${bytes} bytes, but ${file.length - begin} follow`)
  const body = file.buffer.slice(file.byteOffset + begin, file.byteOffset + file.length) as ArrayBuffer
  return Object.assign(narrow(new Type(body), begin, fail), { shape: sizes }) as Output
}

function narrow(
  values: InstanceType<(typeof readable)[Descr]>,
  begin: number,
  fail: (at: number, reason: string) => never,
): Float32Array | Uint16Array | Int32Array | Uint32Array | Uint8Array {
  if (values instanceof Float64Array) return Float32Array.from(values)
  if (!(values instanceof BigInt64Array)) return values
  const large = values.findIndex(value => BigInt.asIntN(32, value) !== value)
  return large < 0
    ? Int32Array.from(values, Number)
    : fail(begin + 8 * large, `there is ${values[large]}, which is more than 32 bits hold`)
}

/** `{'descr': '<f4', 'fortran_order': False, 'shape': (64, 3), }`, padded with spaces: each field once, and nothing else. */
function fields(header: string): Partial<Record<'descr' | 'fortran_order' | 'shape', string>> {
  const [, inside] = /^\{(.*?),?\s*\}\s*$/s.exec(header) ?? []
  if (inside === undefined) return {}
  const found: Record<string, string> = {}
  const item =
    /\s*'(?:(descr)'\s*:\s*('[^']*')|(fortran_order)'\s*:\s*(True|False)|(shape)'\s*:\s*(\((?:\d{1,15}(?:,\s*|(?=\))))*\)))(?:,|$)/y
  while (item.lastIndex < inside.length) {
    const match = item.exec(inside)
    if (!match) return {}
    const [key, value] = match.slice(1).filter(part => part !== undefined)
    if (Object.hasOwn(found, key!)) return {}
    found[key!] = value!
  }
  return found
}

/** An npy file, version 1.0. f16 tensors are arrays of their bits, as the runtime reads them. */
export function writeNpy(tensor: Output): Uint8Array<ArrayBuffer> {
  const descr = writable.find(name => tensor instanceof readable[name])
  if (!descr) throw new BadInput(`a ${tensor.constructor.name} cannot be written as npy.`)
  const { shape } = tensor
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`
  // Elements begin at a multiple of 64; a newline ends the header.
  const begin = Math.ceil((10 + text.length + 1) / 64) * 64
  const file = new Uint8Array(begin + tensor.byteLength).fill(0x20, 10, begin - 1)
  file.set([...MAGIC, 1, 0])
  new DataView(file.buffer).setUint16(8, begin - 10, true)
  file.set(new TextEncoder().encode(text), 10)
  file[begin - 1] = 0x0a
  file.set(new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength), begin)
  return file
}
