/** The formats that Facet reads: valid files of each, small, and the reader that users call. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import sharp from 'sharp'
import { UsageError } from '../../cli/errors.js'
import { optionsOf, planOf } from '../../cli/pretrain.js'
import { bundle } from '../../compiler/bundle/write.js'
import { numel } from '../../compiler/graph/shape.js'
import { cpu } from '../../compiler/kernels/target.js'
import { TuningError } from '../../compiler/kernels/tuning.js'
import { entry, f32 } from '../../compiler/language/entry.js'
import { relu } from '../../compiler/ops/index.js'
import { readSpokenDigits } from '../../models/data/audio.js'
import { readCifar10 } from '../../models/data/cifar10.js'
import { gathered } from '../../models/data/examples.js'
import { readImageFolder } from '../../models/data/folder.js'
import { readIdx } from '../../models/data/idx.js'
import { readParquet } from '../../models/data/parquet.js'
import { readShards } from '../../models/data/shards.js'
import type { AnyImageSet } from '../../models/data/source.js'
import { readVoc } from '../../models/data/voc.js'
import { readWav } from '../../models/data/wav.js'
import { linear } from '../../models/layers/linear.js'
import { emptySetOf, positionOf } from '../../models/resume.js'
import { programOf, validProgram, weightsOf } from '../../runtime/bundle.js'
import { readCheckpoint, writeCheckpoint } from '../../runtime/checkpoint.js'
import type { AdapterKind, Device } from '../../runtime/device.js'
import { BadInput, KernelError, OutOfMemory } from '../../runtime/errors.js'
import { openBundle, saveBundle } from '../../runtime/files.js'
import { loadBundle, openDevice } from '../../runtime/node.js'
import { readNpy, writeNpy } from '../../runtime/npy.js'
import { readSafetensors, writeSafetensors } from '../../runtime/safetensors.js'
import type { Output } from '../../runtime/values.js'
import { readCache } from '../../tuner/cache.js'
import { typed } from '../device.js'

export interface Format {
  /** Files by name. */
  readonly files: Readonly<Record<string, Uint8Array>>
  /** Reads them from a folder as a user would. */
  read(folder: string): unknown
  /** Makes lengths and digests fit again, so that mutations reach what they guard. */
  readonly fix?: (file: Buffer) => Buffer
  /** The format holds a digest: no changed byte may be accepted. */
  readonly sealed?: boolean
  /** Errors that are right, beside `BadInput`. */
  readonly errors?: readonly (new (
    ...x: any[]
  ) => Error)[]
}

const shaped = <T>(array: T, shape: readonly number[]): Output => Object.assign(array as any, { shape }) as Output
const tensors = {
  'encoder.0.weight': shaped(
    Float32Array.from({ length: 12 }, (_, i) => i / 7),
    [3, 4],
  ),
  'encoder.0.bias': shaped(Float32Array.of(1, 2, 3), [3]),
  step: shaped(Uint32Array.of(2), []),
  mask: shaped(Uint8Array.of(1, 0, 1), [3]),
}
const big = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i)
  return bytes
}
const images = (count: number) => Buffer.concat([big(2051, count, 4, 4), Buffer.alloc(16 * count, 9)])
const labels = (count: number) => Buffer.concat([big(2049, count), Buffer.alloc(count, 1)])
const cifar = (count: number) => Buffer.alloc(3073 * count, 3)

function wav(samples: number): Buffer {
  const bytes = Buffer.alloc(44 + 2 * samples)
  bytes.write('RIFF', 0).toString()
  bytes.writeUInt32LE(36 + 2 * samples, 4)
  bytes.write('WAVEfmt ', 8)
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ] as const)
    bytes.writeUInt16LE(value, at)
  for (const [at, value] of [
    [16, 16],
    [24, 8000],
    [28, 16000],
    [40, 2 * samples],
  ] as const)
    bytes.writeUInt32LE(value, at)
  bytes.write('data', 36)
  return bytes
}

/** The header's length of a safetensors file, for a header of another length. */
function withLength(file: Buffer): Buffer {
  const end = file.indexOf('}}') + 2
  if (file.length >= 8 && end > 8) {
    let padded = end
    while (file[padded] === 0x20) padded++
    file.writeBigUInt64LE(BigInt(padded - 8))
  }
  return file
}

const state = {
  step: 2,
  seconds: 1.5,
  run: {
    steps: 9,
    seed: 1,
    size: 8,
    data: { name: 'x', classes: ['a', 'b'], height: 8, width: 8, train: { count: 64 }, test: { count: 8 } },
  },
  about: {
    recipe: 'moco-small',
    set: 'batch=8',
    augment: 'gaussian@projection:cosine=0.9',
    steps: 9,
    size: 8,
    seed: 1,
  },
}

const annotation = `<annotation><filename>1.jpg</filename><size><width>12</width><height>12</height></size>
<object><name>cell</name><difficult>0</difficult>
<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>9</xmax><ymax>12</ymax></bndbox></object></annotation>`
/** Two colours side by side. */
async function picture(name: string): Promise<Buffer> {
  const bytes = Buffer.from(Array.from({ length: 12 * 12 * 3 }, (_, i) => (i % 36 < 18 ? 200 : 30)))
  const image = sharp(bytes, { raw: { width: 12, height: 12, channels: 3 } })
  return (name.endsWith('.png') ? image.png() : image.jpeg()).toBuffer()
}
/** An archive by the system's tar. */
async function tarOf(members: Readonly<Record<string, Uint8Array | string>>, scratch: string): Promise<Uint8Array> {
  const folder = join(scratch, 'members')
  for (const [name, content] of Object.entries(members)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return execFileSync('tar', ['-cf', '-', '-C', folder, ...Object.keys(members)])
}
/** Every image of a set. */
async function allOf(set: Promise<AnyImageSet>): Promise<void> {
  const { train, test } = await set
  for (const split of [train, test]) await gathered(split, [...Array(split.count).keys()])
}
/** With the limits that every device has. */
const anyDevice = (kind: AdapterKind) =>
  ({
    limits: { maxBufferSize: 2 ** 28, maxStorageBuffersPerShaderStage: 8, maxComputeWorkgroupsPerDimension: 65_535 },
    adapter: { kind, name: 'any device' },
  }) as unknown as Device

/**
 * A processor that loads a bundle and runs its entries; another one where a kernel ended the last. As for a bundle made by hand,
 * what the manifest says of its files is made true. A module that was changed is only loaded: it may run for ever, as any program may.
 */
function processor(content: ReadonlyMap<string, Uint8Array>): (folder: string) => Promise<void> {
  let device: Promise<Device> | undefined
  return async folder => {
    const path = join(folder, 'x')
    const text = readFileSync(join(path, 'manifest.json'), 'utf8')
    const hashed = (file: Uint8Array) => createHash('sha256').update(file).digest('hex')
    let same = true
    const fixed = text.replace(/"([^"\n]+)": \{"bytes":\d+,"sha256":"[0-9a-f]+"\}/g, (whole, name) => {
      if (!content.has(name)) return whole
      const file = readFileSync(join(path, name))
      if (name.endsWith('.wasm')) same &&= file.equals(content.get(name)!)
      return `"${name}": {"bytes":${file.length},"sha256":"${hashed(file)}"}`
    })
    writeFileSync(join(path, 'manifest.json'), fixed)
    writeFileSync(join(path, 'manifest.sha256'), `${hashed(Buffer.from(fixed))}  manifest.json\n`)
    const opened = await (device ??= openDevice({ adapter: 'cpu', threads: 2 }))
    try {
      const session = await loadBundle(opened, path, { init: same })
      for (const [name, { inputs }] of Object.entries(same ? session.program.entries : {}))
        await session.call(
          name,
          Object.fromEntries(inputs.map(({ name, shape, dtype }) => [name, typed(Array(numel(shape)).fill(1), dtype)])),
        )
      session.destroy()
    } catch (error) {
      if (error instanceof KernelError) device = undefined
      throw error
    }
  }
}

/** The formats, by the name that `--format` takes. `scratch` is a folder to write in. */
export async function formats(scratch: string): Promise<Readonly<Record<string, Format>>> {
  const checkpoint = join(scratch, 'checkpoint')
  await writeCheckpoint(checkpoint, {
    tensors: { ...tensors, 'run.losses': shaped(Float32Array.of(1, 2), [2]) },
    state,
  })
  const layer = linear(4, 3)
  const embed = entry({ x: f32(['batch', 4]) }, ({ x }) => ({ y: relu(layer(x)) }))
  const made = join(scratch, 'made.facet')
  const content = await bundle({ embed }, { batch: 2 }, { name: 'model', variants: ['cpu'] })
  await saveBundle(made, content)
  const parts = await openBundle(made)
  const forProcessor = await bundle({ embed }, { batch: 2 }, { name: 'model', target: cpu })
  const file = (name: string) => (folder: string) => join(folder, name)
  return {
    safetensors: {
      files: { 'x.safetensors': writeSafetensors(tensors, { format: 'pt' }) },
      read: folder => readSafetensors(readFileSync(file('x.safetensors')(folder)), file('x.safetensors')(folder)),
      fix: withLength,
    },
    checkpoint: {
      files: { 'weights.safetensors': readFileSync(join(checkpoint, 'weights.safetensors')) },
      read: readCheckpoint,
      sealed: true,
    },
    // What a checkpoint says of its run, as if someone had made one by hand.
    run: {
      files: { 'state.json': Buffer.from(JSON.stringify(state)) },
      read(folder) {
        const path = file('state.json')(folder)
        let given: any
        try {
          given = JSON.parse(readFileSync(path, 'utf8'))
        } catch (error) {
          // Not what is tested here: `readCheckpoint` says it.
          throw new BadInput(`${path}: ${(error as Error).message}`)
        }
        if (typeof given !== 'object' || given === null) return
        const losses = shaped(Float32Array.of(1, 2), [2])
        positionOf({ tensors: { 'run.losses': losses }, state: given }, given.run, path)
        const set = emptySetOf(given, path)
        planOf(optionsOf(given, path), set)
      },
      errors: [UsageError],
    },
    npy: {
      files: { 'x.npy': writeNpy(tensors['encoder.0.weight']) },
      read: folder => readNpy(readFileSync(file('x.npy')(folder)), file('x.npy')(folder)),
    },
    bundle: {
      files: { 'x.facet': readFileSync(made) },
      async read(folder) {
        const opened = await openBundle(file('x.facet')(folder))
        for (const variant of opened.manifest.variants) await programOf(opened, variant)
        await weightsOf(opened)
        // Graphs and declarations are read by tools.
        for (const name of Object.keys(opened.manifest.files)) await opened.file(name)
      },
      sealed: true,
    },
    // A bundle made by hand: its hash is that of its manifest, whatever this says.
    manifest: {
      files: Object.fromEntries(
        ['manifest.json', ...Object.keys(parts.manifest.files)].map(name => [`x/${name}`, content.get(name)!]),
      ),
      async read(folder) {
        const path = file('x')(folder)
        const hash = createHash('sha256')
          .update(readFileSync(join(path, 'manifest.json')))
          .digest('hex')
        writeFileSync(join(path, 'manifest.sha256'), `${hash}  manifest.json\n`)
        const opened = await openBundle(path)
        for (const variant of opened.manifest.variants)
          await validProgram(opened, variant, anyDevice(variant.requires.adapter === 'cpu' ? 'cpu' : 'gpu'))
        await weightsOf(opened)
      },
      errors: [OutOfMemory],
    },
    processor: {
      files: Object.fromEntries([...forProcessor].map(([name, file]) => [`x/${name}`, file])),
      read: processor(forProcessor),
      errors: [OutOfMemory, KernelError],
    },
    images: {
      files: Object.fromEntries(
        await Promise.all(
          ['train/a/1.png', 'train/b/1.jpg', 'test/a/2.jpeg'].map(async name => [name, await picture(name)] as const),
        ),
      ),
      read: folder => readImageFolder(folder, { size: 8 }),
    },
    voc: {
      files: {
        'Annotations/1.xml': Buffer.from(annotation),
        'ImageSets/Main/trainval.txt': Buffer.from('1\n'),
        'ImageSets/Main/test.txt': Buffer.from('1 -1\n'),
        'JPEGImages/1.jpg': await picture('1.jpg'),
      },
      read: folder => readVoc(folder, { width: 16, height: 8 }),
    },
    // Every image is decoded: what is damaged is skipped, or is said.
    tar: {
      files: {
        'train.tar': await tarOf(
          { 'a/1.png': await picture('1.png'), 'a/1.cls': '0', 'b/2.jpg': await picture('2.jpg'), 'b/2.cls': '1' },
          scratch,
        ),
      },
      read: folder => allOf(readShards(folder, { size: 8, broken: 'stop' })),
    },
    ...Object.fromEntries(
      ['', '-zstd', '-gzip', '-brotli'].map(codec => [
        `parquet${codec}`,
        {
          files: { 'x.parquet': readFileSync(new URL(`../data/images${codec}.parquet`, import.meta.url)) },
          read: (folder: string) => allOf(readParquet(folder, { size: 8, broken: 'stop' })),
        },
      ]),
    ),
    idx: {
      files: {
        'train-images-idx3-ubyte': images(3),
        'train-labels-idx1-ubyte': labels(3),
        't10k-images-idx3-ubyte.gz': gzipSync(images(2)),
        't10k-labels-idx1-ubyte': labels(2),
      },
      read: folder => readIdx(folder, { pad: 8 }),
    },
    cifar10: {
      files: { 'data_batch_1.bin': cifar(3), 'test_batch.bin': cifar(1) },
      read: folder => readCifar10(folder),
    },
    wav: { files: { 'x.wav': wav(20) }, read: folder => readWav(file('x.wav')(folder)) },
    digits: {
      files: {
        'labels.csv': Buffer.from(
          'file,digit,speaker,index,split,samples\n1_a_0.wav,1,a,0,train,20\n2_a_0.wav,2,a,0,test,20\n',
        ),
        'recordings/1_a_0.wav': wav(20),
        'recordings/2_a_0.wav': wav(20),
      },
      read: folder => readSpokenDigits(folder, { samples: 30 }),
    },
    tuning: {
      files: {
        'facet.tune.json': Buffer.from(
          '{\n  "format": "facet-tune/1",\n  "adapters": {\n    "SwiftShader": {\n      "0123456789abcdef": {"kernel":"dot","schedule":{"kind":"tiles","tile":[4,8],"unroll":[2],"block":0,"workgroup":16},"before":2.5,"after":1.5}\n    }\n  }\n}\n',
        ),
      },
      read: folder => readCache(file('facet.tune.json')(folder)),
      errors: [TuningError],
    },
  }
}
