/** Holds every loop program that a test compiles to the rules (`compiler/loops/verify.ts`): what `observe` of `compile` takes. */
import type { Stage } from '../../compiler/compile.js'
import { printProgram } from '../../compiler/loops/program.js'
import { verify } from '../../compiler/loops/verify.js'

export function verified(stage: Stage): void {
  if (stage.name !== 'loops') return
  for (const program of stage.loops) {
    const fault = verify(program)
    if (fault) throw new Error(`${program.name}: ${fault}\n${printProgram(program)}`)
  }
}
