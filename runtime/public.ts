/** What `facet/runtime` offers everywhere. */
export type { AdapterKind, AdapterSummary, Device } from './device.js'
export * from './errors.js'
export { type LoadOptions, load } from './load.js'
export { type DispatchTime, type Profile, type ProfileOptions, profile, runTimes } from './profile.js'
export { type Checkpoint, checkpointsInMemory, restore, type State, type Store } from './restore.js'
export { type Counters, checkFinite, type Inputs, type InputsOf, type Outputs, type OutputsOf, Session } from './run.js'
export { readSafetensors, type Safetensors, type Tensors, writeSafetensors } from './safetensors.js'
export type { Input, InputOf, Output, OutputOf, Values } from './values.js'
