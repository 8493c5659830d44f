/** What can be wrong with a file: mutations of bytes, and of the numbers and names in its text. */
import type { Generator } from '../../models/data/random.js'

type Mutation = (file: Buffer, random: (below: number) => number) => Buffer

/** Numbers that no reader may believe, and other things in the place of one. */
const NUMBERS = ['-1', '0', '1.5', '1e308', '-0', '4294967295', '9007199254740993', '99999999999999999999', 'NaN']
const VALUES = [...NUMBERS, 'null', 'true', '"x"', '[]', '{}', '[[[]]]', '['.repeat(5000), '{"a":'.repeat(3000)]
const NAMES = [
  '../../etc/passwd',
  '/etc/passwd',
  '..',
  '__proto__',
  'constructor',
  '',
  '\\u0000',
  'é',
  'x'.repeat(3000),
]
/** Text mutations look at the beginning of a file, where headers are. */
const TEXT = 16_384

const splice = (file: Buffer, at: number, removed: number, added: Uint8Array): Buffer =>
  Buffer.concat([file.subarray(0, at), added, file.subarray(at + removed)])

/** Replaces one of the matches of `pattern`, if there is one. */
const replace =
  (pattern: RegExp, by: readonly string[]): Mutation =>
  (file, random) => {
    const found = [...file.subarray(0, TEXT).toString('latin1').matchAll(pattern)]
    const match = found[random(found.length)]
    return match ? splice(file, match.index, match[0].length, Buffer.from(by[random(by.length)]!)) : file
  }

export const mutations: Readonly<Record<string, Mutation>> = {
  truncate: (file, random) => file.subarray(0, random(file.length)),
  flip(file, random) {
    const changed = Buffer.from(file)
    if (file.length) changed[random(file.length)]! ^= 1 << random(8)
    return changed
  },
  'flip near the beginning'(file, random) {
    const changed = Buffer.from(file)
    if (file.length) changed[random(Math.min(file.length, 64))]! ^= 1 << random(8)
    return changed
  },
  insert: (file, random) =>
    splice(file, random(file.length + 1), 0, Buffer.from(Array.from({ length: 1 + random(9) }, () => random(256)))),
  remove: (file, random) => splice(file, random(file.length), 1 + random(9), Buffer.alloc(0)),
  repeat(file, random) {
    const at = random(file.length)
    return splice(file, random(file.length), 0, file.subarray(at, at + 1 + random(200)))
  },
  append: (file, random) => Buffer.concat([file, Buffer.alloc(1 + random(100), random(256))]),
  'huge length'(file, random) {
    const changed = Buffer.from(file)
    const value = [0xffffffff, 0x7fffffff, 0x80000000, 0x10000000, 0][random(5)]!
    if (file.length >= 4) changed.writeUInt32LE(value, random(Math.min(file.length - 3, 64)))
    return changed
  },
  'another number': replace(/-?\d+(?:\.\d+)?/g, VALUES),
  'another name': replace(/(?<=["'])[\w./-]+(?=["'])/g, NAMES),
  'another field': replace(/[\w.-]+(?=,)/g, [...NAMES, ...NUMBERS]),
  'a key twice': (file, random) => {
    const found = [
      ...file
        .subarray(0, TEXT)
        .toString('latin1')
        .matchAll(/"[\w.]+":[^,{}[\]]+,/g),
    ]
    const match = found[random(found.length)]
    return match ? splice(file, match.index, 0, Buffer.from(match[0], 'latin1')) : file
  },
  'overlapping ranges': (file, random) => {
    const found = [
      ...file
        .subarray(0, TEXT)
        .toString('latin1')
        .matchAll(/\[\d+,\d+\]/g),
    ]
    const [one, other] = [found[random(found.length)], found[random(found.length)]]
    return one && other ? splice(file, one.index, one[0].length, Buffer.from(other[0])) : file
  },
}
const names = Object.keys(mutations)

/** One to three mutations, and what they are called. */
export function mutated(file: Buffer, draw: Generator): { readonly file: Buffer; readonly how: readonly string[] } {
  const random = (below: number): number => Math.floor(draw() * below)
  const how = Array.from({ length: 1 + random(3) }, () => names[random(names.length)]!)
  return { file: how.reduce((bytes, name) => mutations[name]!(bytes, random), file), how }
}
