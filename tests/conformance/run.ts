/**
 * `npm run conformance -- [DIR] [--filter TEXT] [--backend device|reference] [--schedule NAME] [--dtype f16]`: holds the language
 * to reference data, with one schedule forced on every kernel if there is a NAME (`tests/forced.ts`), or with inputs in
 * halves (`halves.ts`).
 * Exit code 1 on failures, 2 on bad input.
 */
import { conformance } from './command.js'

process.exitCode = await conformance(process.argv.slice(2))
