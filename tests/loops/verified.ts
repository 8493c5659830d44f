/** Holds every loop program that a test compiles to the rules (`compiler/loops/verify.ts`): what `observe` of `compile` takes. */
import type { Stage } from '../../compiler/compile.js'
import { javascript } from '../../compiler/loops/javascript.js'
import { type LoopProgram, printProgram } from '../../compiler/loops/program.js'
import { verify } from '../../compiler/loops/verify.js'

export function verified(stage: Stage): void {
  if (stage.name !== 'loops') return
  for (const program of stage.loops) {
    const fault = verify(program)
    const found = fault && RANGE.test(fault) ? ran(program, fault) : fault
    if (found) throw new Error(`${program.name}: ${found}\n${printProgram(program)}`)
  }
}

/**
 * Ranges are bounds: of indices that hang together in ways which they do not follow (the shorter phases of a strided convolution,
 * say) they are too wide. The program then shows it: in JavaScript every access is held to its memory. All loaded indices are 0 there.
 */
const RANGE = / goes from \S+ to \S+, of \d+ elements$/
function ran(program: LoopProgram, fault: string): string | undefined {
  const places = program.memories.filter(({ space }) => space === 'place')
  const bytes = { f32: 4, i32: 4, u32: 4, bool: 4, f16: 2, u8: 1 } as const
  try {
    javascript(program)(places.map(({ count, dtype }) => new Uint8Array(Math.ceil((count * bytes[dtype]) / 4) * 4)))
    return undefined
  } catch (error) {
    return `${fault}; run, it says: ${(error as Error).message}`
  }
}
