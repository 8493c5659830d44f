import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { sources } from '../sources.js'

/** Makes the page cross-origin isolated: without a GPU it trains in as many threads as the machine runs at once, else in one. */
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  resolve: { alias: sources },
  server: { headers },
  preview: { headers },
  worker: { format: 'es' },
  // What only the worker imports would be found when it runs, and reload the page.
  optimizeDeps: { entries: ['index.html', 'worker.ts'] },
  build: { outDir: '../../out/browser', emptyOutDir: true, target: 'es2022' },
})
