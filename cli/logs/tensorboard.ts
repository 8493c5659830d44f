/**
 * TensorBoard's event files: protocol buffers in TFRecord's frames. A frame is a length (u64), its check sum, the data, and theirs: CRC-32C
 * (Castagnoli), rotated and shifted by a constant. Formats: tensorflow/core/lib/io/record_writer.h, tensorflow/core/util/event.proto
 * and tensorflow/core/framework/summary.proto (`Event`, `Summary`).
 */
import { closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import type { Logger, LogOptions, Values } from './logger.js'

export function tensorboardLog(file: string, { done }: Pick<LogOptions, 'done'>): Logger {
  const kept = existsSync(file) ? framesIn(readFileSync(file)).filter(data => stepIn(data) <= done) : []
  if (kept.length === 0) kept.push(versionEvent(Date.now()))
  writeFileSync(file, Buffer.concat(kept.map(frame)))
  const descriptor = openSync(file, 'a')
  return {
    log: (step, values, time) => void writeSync(descriptor, frame(scalarEvent(step, values, time))),
    close: async () => closeSync(descriptor),
  }
}

// Protocol buffers: a key of field number and wire type (0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes), then the value.

const varint = (value: number): Buffer => {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest])
    bytes.push((rest % 128) + 128)
  }
}
const bytesField = (field: number, content: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([8 * field + 2]), varint(content.length), content])
function numberField(field: number, value: number, size: 4 | 8): Buffer {
  const buffer = Buffer.alloc(1 + size)
  buffer[0] = 8 * field + (size === 8 ? 1 : 5)
  if (size === 8) buffer.writeDoubleLE(value, 1)
  else buffer.writeFloatLE(value, 1)
  return buffer
}
/** `Event.wall_time`, in seconds. */
const wallTime = (time: number): Buffer => numberField(1, time / 1000, 8)

/** The first event of a file: `Event.file_version`. */
export const versionEvent = (time: number): Buffer =>
  Buffer.concat([wallTime(time), bytesField(3, Buffer.from('brain.Event:2'))])
/** `Event.step` and `Event.summary` of `Summary.Value`s with a `tag` and a `simple_value` each. */
export const scalarEvent = (step: number, values: Values, time: number): Buffer =>
  Buffer.concat([
    wallTime(time),
    Buffer.from([0x10]),
    varint(step),
    bytesField(
      5,
      Buffer.concat(
        Object.entries(values).map(([tag, value]) =>
          bytesField(1, Buffer.concat([bytesField(1, Buffer.from(tag)), numberField(2, value, 4)])),
        ),
      ),
    ),
  ])

/** `Event.step` of an event as they are written here: after the time; 0 of one that has none. */
function stepIn(data: Uint8Array): number {
  if (data[9] !== 0x10) return 0
  let [step, factor] = [0, 1]
  for (let at = 10; at < data.length; at++, factor *= 128) {
    step += (data[at]! & 127) * factor
    if (data[at]! < 128) break
  }
  return step
}

// Frames

export function frame(data: Uint8Array): Buffer {
  const whole = Buffer.alloc(12 + data.length + 4)
  whole.writeBigUInt64LE(BigInt(data.length), 0)
  whole.writeUInt32LE(masked(whole.subarray(0, 8)), 8)
  whole.set(data, 12)
  whole.writeUInt32LE(masked(data), 12 + data.length)
  return whole
}
/** What is in the frames of a file, up to the first that is cut off or damaged. */
function framesIn(file: Buffer): Buffer[] {
  const found: Buffer[] = []
  for (let at = 0; at + 16 <= file.length; ) {
    const length = Number(file.readBigUInt64LE(at))
    const end = at + 12 + length
    if (file.readUInt32LE(at + 8) !== masked(file.subarray(at, at + 8)) || end + 4 > file.length) break
    const data = file.subarray(at + 12, end)
    if (file.readUInt32LE(end) !== masked(data)) break
    found.push(data)
    at = end + 4
  }
  return found
}

/** Of the reversed polynomial 0x82f63b78, by byte. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  return crc
})
/** CRC-32C. */
export const crc32c = (bytes: Uint8Array): number =>
  ~bytes.reduce((crc, byte) => (crc >>> 8) ^ TABLE[(crc ^ byte) & 255]!, 0xffffffff) >>> 0
/** As TFRecord keeps it: rotated right by 15 bits, a constant added. */
function masked(bytes: Uint8Array): number {
  const crc = crc32c(bytes)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}
