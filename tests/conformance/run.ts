/**
 * `npm run conformance -- [DIR] [--filter TEXT] [--backend device|reference]`: holds the language to reference data.
 * Exit code 1 on failures, 2 on bad input.
 */
import { conformance } from './command.js'

process.exitCode = await conformance(process.argv.slice(2))
