import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { sources } from '../../examples/sources.js'
import { declarations } from './declarations.js'

/** Makes the page cross-origin isolated: without a GPU programs run in as many threads as the machine has, else in one. */
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [declarations()],
  resolve: { alias: sources },
  server: { headers },
  preview: { headers },
  worker: { format: 'es' },
  // The editor has TypeScript in it: files of megabytes are no accident.
  build: { outDir: '../dist/playground', emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 10_000 },
})
