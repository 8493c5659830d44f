/** The entry point `facet-tensor/models` in Node: what browsers have too, and readers of files. */
export { readSpokenDigits } from './data/audio.js'
export { type FolderOptions, readImageFolder } from './data/folder.js'
export { readImages, readSet } from './data/read.js'
export { readWav } from './data/wav.js'
export * from './public.js'
