/** What `facet-tensor/runtime` offers everywhere. */
export type { BundledEntry, BundleProgress, LoadBundleOptions } from './bundle.js'
export type { AdapterKind, AdapterSummary, Device } from './device.js'
export { localRanks, RankLost, type Ranks, RanksApart } from './distributed/ranks.js'
export { RankedSession } from './distributed/session.js'
export * from './errors.js'
export type { BundleSource } from './fetch.js'
export { checkpointsInBrowser } from './indexed.js'
export { type LoadOptions, load } from './load.js'
export { readNpy, writeNpy } from './npy.js'
export { type DispatchTime, type Profile, type ProfileOptions, profile, runTimes } from './profile.js'
export { type Attempt, type ResilientOptions, resilient } from './resilient.js'
export { type Checkpoint, checkpointsInMemory, restore, type State, type Store } from './restore.js'
export {
  checkFinite,
  checkVariables,
  type Inputs,
  type InputsOf,
  type Outputs,
  type OutputsOf,
  Session,
} from './run.js'
export { readSafetensors, type Safetensors, type Tensors, writeSafetensors } from './safetensors.js'
export type { Input, InputOf, Output, OutputOf, Values } from './values.js'
export { isWebGpu, type WebGpuDevice } from './webgpu/device.js'
