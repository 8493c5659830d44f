/** Packages that `facet-tensor` uses where they are installed, and does not bring: what most programs and every page do without. */
import { FacetError } from './errors.js'

/** What each is for, as the end of a sentence. */
const packages = {
  webgpu: 'WebGPU in Node',
  koffi: 'calls of native libraries',
  sharp: 'JPEG and PNG files in Node',
  hyparquet: 'Parquet files',
  'hyparquet-compressors': 'Parquet files compressed by zstd',
} as const

/**
 * The package, as `import` gives it. Throws `FacetError` with the line to type where it is not installed, or with the reason why it
 * does not load.
 */
export async function optional<T>(name: keyof typeof packages): Promise<T> {
  try {
    // Not a literal, so that bundlers do not look for it.
    return await import(/* webpackIgnore: true */ /* @vite-ignore */ name)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const what = `the npm package ${name}, for ${packages[name]},`
    if (code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`))
      throw new FacetError(`${what} is not installed: npm install ${name}`)
    const reason = message.trim().replace(/\s*\n\s*/g, ' ')
    throw new FacetError(`${what} does not load on ${process.platform} ${process.arch}: ${reason}`)
  }
}
