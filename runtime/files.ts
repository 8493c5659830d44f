/** Bundles on disk: a folder, or one file. */
import { mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Files, packFiles } from './archive.js'
import { archiveFiles, type Bundle, type BundleFiles, readBundle } from './bundle.js'
import { BadInput } from './errors.js'

/** The bundle at `path`, its manifest read. Throws `BadInput` where there is none or it is damaged. */
export const openBundle = async (path: string): Promise<Bundle> => readBundle(await bundleAt(path))

/** The files of the bundle at `path`. Throws `BadInput` where there is none. */
export async function bundleAt(path: string): Promise<BundleFiles> {
  const found = await stat(path).catch(() => undefined)
  if (!found) throw new BadInput(`${path} does not exist.`)
  if (!found.isDirectory()) return archiveFiles(new Uint8Array(await readFile(path)), path)
  return { name: path, read: (file, most) => readUpTo(path, file, most) }
}

async function readUpTo(folder: string, file: string, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const handle = await open(join(folder, file)).catch(() => {
    throw new BadInput(`${folder} has no ${file}: it is no bundle, or only a part of one.`)
  })
  try {
    const { size } = await handle.stat()
    if (size > most)
      throw new BadInput(`${folder}: ${file} has ${size} bytes, more than the ${most} that it should have.`)
    return new Uint8Array(await handle.readFile())
  } finally {
    await handle.close()
  }
}

/**
 * Writes the files of a bundle: into one file where `path` ends with `.facet`, with its declarations beside it
 * (`PATH.d.ts`), else into a folder, which is made if need be.
 */
export async function saveBundle(path: string, files: Files): Promise<void> {
  if (path.endsWith('.facet')) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, packFiles(files))
    const types = files.get('types.d.ts')
    if (types) await writeFile(`${path}.d.ts`, types)
    return
  }
  await checkFree(path)
  await clear(path)
  for (const [name, content] of files) {
    const file = join(path, name)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
  }
}

/** Throws `BadInput` where `saveBundle` would not write: in a folder of something else. */
export async function checkFree(path: string): Promise<void> {
  const names = await readdir(path).catch((): string[] => [])
  if (!path.endsWith('.facet') && names.length > 0 && !names.includes('manifest.json'))
    throw new BadInput(`${path} has files and is no bundle: name a folder that is empty or not there yet.`)
}

/** Removes the bundle that is in the folder. */
async function clear(folder: string): Promise<void> {
  for (const name of ['kernels', 'weights.safetensors']) await rm(join(folder, name), { recursive: true, force: true })
}
