import { defineConfig } from 'vite'

/** Makes the page cross-origin isolated: without a GPU it trains in as many threads as the machine runs at once, else in one. */
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }

export default defineConfig({ base: './', server: { headers }, preview: { headers }, build: { target: 'es2022' } })
