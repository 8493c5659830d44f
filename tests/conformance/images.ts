import type { Builds } from './language.js'
export const imageAugmentation: Builds = {}
