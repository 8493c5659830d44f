/**
 * `npm run site`: the site as static files in `site/dist`, with relative links, so that it may lie in any folder of any server.
 * TypeDoc, which `site/package.json` alone asks for, makes the guide and the reference; Vite makes the playground.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const run = (command: string, ...args: string[]): void =>
  void execFileSync(command, args, { cwd: here('.'), stdio: 'inherit', shell: process.platform === 'win32' })

if (!existsSync(here('node_modules/typedoc'))) run('npm', 'ci', '--no-audit', '--no-fund')
run(process.execPath, 'node_modules/typedoc/bin/typedoc')
writeFileSync(here('dist/llms.txt'), index())
if (existsSync(here('playground/vite.config.ts')))
  run(
    process.execPath,
    createRequire(import.meta.url)
      .resolve('vite')
      .replace(/dist[\\/].*/, 'bin/vite.js'),
    'build',
    'playground',
  )
console.log('site/dist/index.html written')

/** The guide for programs that read: its pages with what they are about (https://llmstxt.org). */
function index(): string {
  const { projectDocuments } = JSON.parse(readFileSync(here('typedoc.json'), 'utf8')) as { projectDocuments: string[] }
  const pages = projectDocuments.map(file => {
    const text = readFileSync(here(file), 'utf8')
    const [heading, first] = text.split(/\n\n/)
    const title = heading!.slice(2)
    const page = `documents/${title.replaceAll(' ', '_')}.html`
    if (!existsSync(here(`dist/${page}`))) throw new Error(`llms.txt would name ${page}, which TypeDoc did not write`)
    return `- [${title}](${page}): ${first!.replace(/\s+/g, ' ')}`
  })
  return `# Facet

> A small tensor language embedded in TypeScript: shapes are types, training steps are compiled to WebGPU and WebAssembly. Made for self-supervised pretraining with feature augmentation.

The packages are facet-tensor (library) and facet-tensor-cli (command). The name facet on npm is another package.

## Guide

${pages.join('\n')}

## Reference

- [facet-tensor](modules/facet-tensor.html): operations, modules, gradients, compile
- [facet-tensor/models](modules/facet-tensor_models.html): layers, encoders, augmentations, methods, optimizers, training, evaluation
- [facet-tensor/runtime](modules/facet-tensor_runtime.html): devices, sessions, checkpoints, bundles
- [facet-tensor/tune](modules/facet-tensor_tune.html): schedules by measurement
- [facet-tensor/onnx](modules/facet-tensor_onnx.html): models for elsewhere
`
}
