/**
 * Golden files: text that a test holds to a file beside it. `UPDATE=1 npx tsx tests/x/y.test.ts` rewrites the file, so
 * that a change of generated text is reviewed as a diff. And `graphOf`, which reads graphs from text.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import type { Graph } from '../compiler/graph/graph.js'
import { parse } from '../compiler/graph/parse.js'
import { operations } from '../compiler/ops/index.js'

/** `text` must be what stands in `file` (relative to the test: pass `import.meta.url`). */
export function golden(file: string, text: string, base: string): void {
  const path = fileURLToPath(new URL(file, base))
  if (process.env.UPDATE) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  assert.ok(existsSync(path), `${file} is missing: run this test with UPDATE=1 to write it`)
  assert.fixture(
    text,
    readFileSync(path, 'utf8'),
    `${file} differs: if the new text is right, run this test with UPDATE=1`,
  )
}

export const graphOf = (text: string): Graph => parse(text, operations)
