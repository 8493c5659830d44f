/** Reads a directory of reference data: `index.json`, checked against its format, and the tensors of its safetensors files. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { BadInput } from '../../runtime/errors.js'
import { readSafetensors, type Tensors } from '../../runtime/safetensors.js'

const shape = z.array(z.int().nonnegative())
const described = z.looseObject({
  shape,
  dtype: z.enum(['F32', 'I32']),
  kind: z.string().optional(),
  rtol: z.number().nonnegative().optional(),
  atol: z.number().nonnegative().optional(),
})
const byName = z.record(z.string(), described)
const caseFormat = z.looseObject({
  id: z.string(),
  group: z.string(),
  op: z.string(),
  file: z.string(),
  attrs: z.record(z.string(), z.any()).default({}),
  inputs: byName.default({}),
  outputs: byName,
  cotangents: byName.default({}),
  grads: byName.default({}),
  notes: z.string().default(''),
  // Of networks: shapes by name, or how large ones are made.
  params: z.record(z.string(), shape).default({}),
  buffers: z.record(z.string(), shape).default({}),
  buffer_init: z.record(z.string(), z.number()).default({}),
  procedural: z.record(z.string(), z.looseObject({ shape, seed: z.int(), lo: z.number(), hi: z.number() })).default({}),
})
const indexFormat = z.looseObject({ format: z.literal('tensor-oracle/1'), cases: z.array(caseFormat) })

export type Described = z.infer<typeof described>
export type OracleCase = z.infer<typeof caseFormat>
/** Elements as they are stored, row-major. */
export type Stored = Float32Array | Int32Array

export interface Oracle {
  readonly cases: readonly OracleCase[]
  /** A tensor of a case, by the part of its name after the id: `in/x`. Throws `BadInput` if the file does not have it so. */
  tensor(of: OracleCase, name: string, type: Described): Stored
}

/** Throws `BadInput` for a directory that is not of this format. */
export function readOracle(directory: string): Oracle {
  const cases = readIndex(join(directory, 'index.json'))
  const files = new Map<string, Tensors>()
  return {
    cases,
    tensor(of, name, { shape, dtype }) {
      const known = files.get(of.file) ?? readSafetensors(read(join(directory, of.file)), of.file).tensors
      files.set(of.file, known)
      const tensor = known[`${of.id}/${name}`]
      if (!tensor) throw new BadInput(`${of.file} has no tensor ${of.id}/${name}, which index.json lists.`)
      const type = tensor instanceof Float32Array ? 'F32' : tensor instanceof Int32Array ? 'I32' : 'another dtype'
      if (type !== dtype || tensor.shape.join() !== shape.join())
        throw new BadInput(
          `${of.id}/${name} is ${type}[${tensor.shape}] in ${of.file} and ${dtype}[${shape}] in index.json.`,
        )
      return tensor as Stored
    },
  }
}

function readIndex(path: string): OracleCase[] {
  let json: unknown
  try {
    json = JSON.parse(read(path).toString('utf8'))
  } catch (error) {
    if (error instanceof BadInput) throw error
    throw new BadInput(`${path} is not JSON: ${(error as Error).message}.`)
  }
  const { data, error } = indexFormat.safeParse(json)
  if (data) return data.cases
  const { path: at, message } = error.issues[0]!
  throw new BadInput(`${path} is not of the format tensor-oracle/1: at ${at.join('.') || 'the top'}, ${message}.`)
}

function read(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new BadInput(`cannot read ${path}: ${(error as NodeJS.ErrnoException).code}.`)
  }
}
