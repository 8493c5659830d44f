/** Files of the user, and modules as commands import them: what is wrong with one is a sentence about that file, never a bug. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { parse, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { exitCodes, explain, UsageError } from './errors.js'
import { framesOf, nearest } from './frames.js'

/** What a module exports. Throws `UsageError` where there is none, or it cannot be loaded. */
export async function exportsOf(file: string): Promise<Record<string, unknown>> {
  checkFile(file, 'a TypeScript file')
  try {
    return await import(pathToFileURL(resolve(file)).href)
  } catch (error) {
    throw reasonFor(file, error)
  }
}

/** What a file holds. Throws `UsageError` where there is none. */
export function contentOf(file: string): Uint8Array<ArrayBuffer> {
  checkFile(file, 'a file')
  return new Uint8Array(readFileSync(file))
}

function checkFile(path: string, wanted: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw new UsageError(`${path} does not exist`)
  if (found.isDirectory()) throw new UsageError(`${path} is a folder: give ${wanted}`)
}

/**
 * TypeScript in a folder whose package.json does not say `module` is CommonJS to Node, which cannot load Facet: it fails in one of
 * many ways.
 */
const codes = ['PACKAGE_PATH_NOT_EXPORTED', 'REQUIRE_ESM', 'REQUIRE_ASYNC_MODULE', 'REQUIRE_CYCLE_MODULE']
const isCommonJs = ({ code }: NodeJS.ErrnoException): boolean => codes.some(name => code === `ERR_${name}`)

function reasonFor(file: string, error: unknown): unknown {
  if (!(error instanceof Error)) return new UsageError(`${file} cannot be loaded: it throws ${String(error)}`)
  const named = /\.c[jt]s$/.test(file)
  if (named || isCommonJs(error))
    return new UsageError(
      named
        ? `${file} is a CommonJS module to Node, which cannot load Facet: import it, in a file named .mts`
        : `${file} is a CommonJS module to Node: put "type": "module" into the package.json of its folder (npm pkg set type=module), or name it .mts`,
    )
  // What Facet says to its users is said as it is, and what goes wrong inside of it is its bug.
  const [first] = framesOf(error)
  if (first?.own === 'facet' && first.file !== fileURLToPath(import.meta.url)) return error
  if (explain(error).code !== exitCodes.bug && first?.own !== 'user') return error
  // esbuild says where on a second line.
  const [line, second] = error.message.split('\n')
  const said = error.name === 'TransformError' && second ? second : `${error.name}: ${line}`
  const where = placeIn(error) ?? placeOf(/ export named '(\w+)'/.exec(error.message)?.[1], file)
  return new UsageError(`${file} cannot be loaded: ${said}${where && !said.includes(where) ? ` (${where})` : ''}`)
}

/** Where a file throws, or imports what is not there. */
function placeIn(error: Error): string | undefined {
  // Node says where a name is imported that is not exported in a line above the stack.
  const [, url, line] = /^(file:\/\/\S+):(\d+)\n/.exec(error.stack ?? '') ?? []
  if (url) return `${nearest(fileURLToPath(url))}:${line}`
  const [, missing, importer] =
    /^Cannot find (?:module|package) '(.*?)'(?:.*)? imported from (\S+)/.exec(error.message) ?? []
  if (missing && importer) {
    const path = importer.startsWith('file:') ? fileURLToPath(importer) : importer
    return placeOf(parse(missing).name, path)
  }
  return framesOf(error).find(({ own }) => own === 'user')?.place
}

/** The first line of a file that has a word. */
function placeOf(word: string | undefined, file: string): string | undefined {
  const line =
    word && existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .findIndex(text => text.includes(word))
      : -1
  return line < 0 ? undefined : `${nearest(resolve(file))}:${line + 1}`
}
