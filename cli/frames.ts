/** Whose code an error comes from, by the frames of its stack: the user's files, or Facet's own. */
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Frame {
  readonly file: string
  /** `model.ts:3:14`, relative to the working folder where that is shorter. */
  readonly place: string
  readonly own: 'facet' | 'user' | 'package'
}

const parts = ['cli', 'compiler', 'models', 'runtime', 'tuner'].map(part =>
  fileURLToPath(new URL(`../${part}/`, import.meta.url)),
)
const ownerOf = (file: string): Frame['own'] =>
  parts.some(part => file.startsWith(part)) ? 'facet' : file.includes('/node_modules/') ? 'package' : 'user'

/** The frames that are in files, innermost first; those of Node itself are left out. */
export function framesOf({ stack = '' }: Error): Frame[] {
  return [...stack.matchAll(/\n +at (?:.*\()?((?:file:\/\/)?\/[^()\n]*?):(\d+):(\d+)\)?(?=\n|$)/g)].map(
    ([, where, line, column]) => {
      const file = (where!.startsWith('file:') ? fileURLToPath(where!) : where!).replace(/\?.*$/, '')
      return { file, place: `${nearest(file)}:${line}:${column}`, own: ownerOf(file) }
    },
  )
}

/** A path as it is shortest. */
export function nearest(file: string): string {
  const path = relative('.', file)
  return path.startsWith('..') ? file : path
}
