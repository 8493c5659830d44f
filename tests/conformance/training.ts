import type { DescribesProgram } from './programs.js'
export const training: Readonly<Record<string, DescribesProgram>> = {}
