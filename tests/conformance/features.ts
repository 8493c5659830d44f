import type { Builds } from './language.js'
export const featureAugmentation: Builds = {}
