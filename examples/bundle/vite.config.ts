import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { sources } from '../sources.js'

export default defineConfig({ root: fileURLToPath(new URL('.', import.meta.url)), resolve: { alias: sources } })
