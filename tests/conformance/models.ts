import type { DescribesProgram } from './programs.js'
export const networks: Readonly<Record<string, DescribesProgram>> = {}
