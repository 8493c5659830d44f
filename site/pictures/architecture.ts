/**
 * The picture of the whole: what a program becomes on its way to a device, and which folder does it.
 *
 *     npx tsx site/pictures/architecture.ts    # writes site/guide/pictures/architecture.svg and architecture-dark.svg
 *
 * Two files, since pages of repositories choose between files, not between colours of one.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { svg } from './svg.js'

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly title: string
  readonly folder: string
  readonly words: string
  readonly kind?: 'own'
}
const [WIDE, HIGH] = [200, 66]
const row = (y: number, boxes: readonly Omit<Box, 'x' | 'y' | 'width'>[], width = WIDE): Box[] =>
  boxes.map((box, i) => ({ ...box, x: 20 + i * (width + 20), y, width }))

const boxes: readonly Box[] = [
  ...row(44, [
    { title: 'Model library', folder: 'models/', words: 'layers, losses, methods', kind: 'own' },
    { title: 'Your program', folder: 'entries, modules', words: 'shapes are types', kind: 'own' },
    { title: 'Command', folder: 'cli/', words: 'pretrain, study, inspect', kind: 'own' },
    { title: 'Page', folder: 'examples/browser, site/', words: 'trains in the tab', kind: 'own' },
  ]),
  ...row(164, [
    { title: 'Trace', folder: 'compiler/language, gradient', words: 'a pure graph, with gradients' },
    { title: 'Optimize', folder: 'compiler/passes', words: 'equations, sharing, ranks' },
    { title: 'Fuse and lower', folder: 'compiler/kernels', words: 'map, reduce, order' },
    { title: 'Schedule', folder: 'compiler/loops', words: 'tiles, vectors, lanes' },
  ]),
  ...row(284, [
    { title: 'WGSL', folder: 'compiler/wgsl', words: 'compute shaders' },
    { title: 'WebAssembly', folder: 'compiler/wasm', words: 'vectors in threads' },
    { title: 'Plan', folder: 'compiler/plan', words: 'order, memory, budgets' },
    { title: 'Bundle', folder: 'compiler/bundle', words: 'the same on disk' },
  ]),
  ...row(
    404,
    [
      {
        title: 'Runtime',
        folder: 'runtime/: sessions, checkpoints, ranks',
        words: 'the same calls in Node and in a page',
        kind: 'own',
      },
      { title: 'Tuner', folder: 'tuner/', words: 'measures schedules, keeps the fastest', kind: 'own' },
    ],
    420,
  ),
]
const draw = ({ x, y, width, title, folder, words, kind }: Box): string =>
  `<rect class="${kind ?? 'floor'}" x="${x}" y="${y}" width="${width}" height="${HIGH}" rx="8"/>
<text class="title" x="${x + 14}" y="${y + 23}">${title}</text><text class="folder" x="${x + 14}" y="${y + 40}">${folder}</text><text x="${x + 14}" y="${y + 57}">${words}</text>`
const arrow = (x1: number, y1: number, x2: number, y2: number): string =>
  `<path class="arrow" d="M${x1} ${y1}L${x2} ${y2}" marker-end="url(#head)"/>`

const parts = [
  '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker></defs>',
  '<rect class="ground" x="0" y="0" width="900" height="490" rx="12"/>',
  '<text class="heading" x="20" y="30">What is written</text><text class="heading" x="20" y="150">What the compiler makes of it</text>',
  '<text class="heading" x="20" y="270">What comes out</text><text class="heading" x="20" y="390">What runs it</text>',
  ...boxes.map(draw),
  ...[0, 1, 2].map(i => arrow(222 + i * 220, 197, 238 + i * 220, 197)),
  arrow(450, 112, 450, 160),
  arrow(780, 232, 780, 280),
  arrow(450, 352, 450, 400),
]
const colours = {
  'architecture.svg': ['#ffffff', '#1f2530', '#5c6473', '#eef2f8', '#c6d0de', '#fff3e8', '#f2c299'],
  'architecture-dark.svg': ['#0f1319', '#e7eaf0', '#9aa4b5', '#1a212b', '#35404f', '#2a2018', '#6b4a2c'],
} as const
export const pictures: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(colours).map(([file, [ground, ink, soft, floor, edge, own, ownEdge]]) => [
    file,
    svg(
      'From entries over graphs, kernels and loop programs to WGSL and WebAssembly, and what runs them',
      900,
      490,
      parts,
      `text{font:12.5px system-ui,sans-serif;fill:${soft}}.title{font-weight:600;font-size:15px;fill:${ink}}.heading{font-size:13px;fill:${ink}}
.folder{font-family:ui-monospace,monospace;font-size:11px;fill:${ink}}.ground{fill:${ground}}.floor{fill:${floor};stroke:${edge}}.own{fill:${own};stroke:${ownEdge}}
.arrow{stroke:${soft};stroke-width:1.5;fill:none}.head{fill:${soft}}`,
    ),
  ]),
)

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const [file, text] of Object.entries(pictures))
    writeFileSync(fileURLToPath(new URL(`../guide/pictures/${file}`, import.meta.url)), text)
