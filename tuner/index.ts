/**
 * Schedules found by timing on a device, kept in a file.
 *
 * @module facet-tensor/tune
 */
export { TuningError, type TuningTable, tuned } from '../compiler/kernels/tuning.js'
export { candidates } from '../compiler/plan/candidates.js'
export { readCache, type TuningCache, writeCache } from './cache.js'
export { type CompileTunedOptions, compileTuned, type KernelTuned, sectionOf, type TuneOptions, tune } from './tune.js'
