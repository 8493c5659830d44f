import type { Builds } from './language.js'
export const losses: Builds = {}
