/**
 * Layers, encoders, heads, augmentations, losses, methods, optimizers, training, evaluation, everywhere; in Node readers of files, too.
 *
 * @module facet-tensor/models
 */
export { readSpokenDigits } from './data/audio.js'
export { readCifar100 } from './data/cifar100.js'
export { type FolderOptions, readImageFolder } from './data/folder.js'
export { readParquet } from './data/parquet.js'
export { readImages, readSet } from './data/read.js'
export { readShards } from './data/shards.js'
export type { AnyImageSet, ReadOptions } from './data/source.js'
export { readStl10 } from './data/stl10.js'
export { readWav } from './data/wav.js'
export * from './public.js'
