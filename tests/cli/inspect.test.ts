/** `facet inspect`: what it prints of a file of entries, and how bad input ends. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseHTML } from 'linkedom'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { root, run } from '../runtime/process.js'
import { inProcess } from './command.js'

const inspect = (...args: string[]) => run(['cli/facet.mjs', 'inspect', ...args], {})

test('graph, kernels, dispatches and summary', async () => {
  const { code, stdout, stderr } = await inspect('examples/5-entries.ts', '--entry', 'embed', '--set', 'batch=8')
  assert.is(stderr, '')
  assert.is(code, 0)
  for (const part of [
    /^graph embed \(%0: u8\[8, 32, 32, 3\] "images"\) \{$/m,
    /^ {2}%\d+: f32\[16, 3, 3, 3\] = variable\(name="encoder\.conv1\.weight"/m,
    /^kernel conv_\w+ for i0<8, i1<16, i2<32, i3<32 @encoder$/m,
    /^ {3}\d+ {2}conv\S* +\d+x1x1 +\S+ MFLOP +\S+ .?B {2}encoder\.\S+$/m,
    /^# summary \(target portable\)$/m,
    /^kernels +\d+ distinct$/m,
    /^slabs +\d+, \S+ MB planned$/m,
    /^embed +\d+ dispatches, \S+ [MG]FLOP, \S+ MB moved \(lower bound \S+ .?B\), temporaries \S+ .?B \(lower bound \S+ .?B\)$/m,
  ])
    assert.match(stdout, part)
})

test('a bundle whose only variant is for the processor', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'facet-inspect-'))
  try {
    const file = join(folder, 'model.facet')
    const made = await inProcess('compile', join(root, 'tests/bundle/model.ts'), '--target', 'cpu', '-o', file)
    assert.match(made.stdout, /: embed, step; \d+ kernels, \d+ KiB; cpu \d/)
    const { code, stdout } = await inProcess('inspect', file, '--show', 'kernels,dispatches,summary')
    assert.is(code, 0)
    for (const part of [
      /^dot_tanh +kernels\/cpu\.wasm$/m,
      /^ {3}0 {2}dot_tanh +1x1x1 /m,
      /^# summary \(target cpu\)$/m,
    ])
      assert.match(stdout, part)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a page that draws the fused kernels, named after the file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'facet-inspect-'))
  try {
    const file = join(root, 'examples/5-entries.ts')
    const { code, stdout, stderr } = await run(
      [join(root, 'cli/facet.mjs'), 'inspect', file, '--entry', 'embed', '--set', 'batch=8', '--html'],
      {},
      folder,
    )
    assert.equal({ code, stdout, stderr }, { code: 0, stdout: '5-entries.html written\n', stderr: '' })
    const page = parseHTML(readFileSync(join(folder, '5-entries.html'), 'utf8')).document
    assert.match(page.querySelector('svg')!.textContent, /conv/)
    const text = page.querySelector('main')!.textContent.replace(page.querySelector('script')!.textContent, '')
    assert.not.match(text, /NaN|undefined/)
    // Every kernel is folded, and its box leads to it.
    const kernels = [...page.querySelectorAll('#kernels details')]
    assert.ok(kernels.length > 3 && kernels.every(kernel => !kernel.hasAttribute('open')))
    for (const link of page.querySelectorAll('svg a')) assert.ok(page.querySelector(link.getAttribute('href')!))
    assert.ok(page.querySelector('nav input[type=search]'))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('bad input is one sentence and exit code 2', async () => {
  for (const [args, sentence] of [
    [['examples/nothing.ts'], /^facet: examples\/nothing\.ts does not exist$/],
    [
      ['examples/5-entries.ts', '--entry', 'stop'],
      /^facet: examples\/5-entries\.ts exports no entry stop: it has embed, step$/,
    ],
    [
      ['examples/5-entries.ts', '--set', 'batch'],
      /^facet: --set takes name=size with a positive whole size, got batch$/,
    ],
    [
      ['examples/5-entries.ts', '--target', 'toaster'],
      /^facet: --target toaster is none of portable, software, cpu, cpu-wide$/,
    ],
    [
      ['examples/5-entries.ts', '--show', 'magic'],
      /^facet: --show magic is none of graph, kernels, loops, wgsl, variables, dispatches, summary$/,
    ],
    [
      ['examples/5-entries.ts', '--set', 'batch=8', '--set', 'bacth=128'],
      /^facet: --set bacth=128: examples\/5-entries\.ts has no size bacth: it has batch$/,
    ],
    [
      ['--html', 'examples/5-entries.ts'],
      /^facet: --html takes the page to write, a name that ends with \.html, or nothing, got examples\/5-entries\.ts: put it last$/,
    ],
    [
      ['examples/5-entries.ts', '--entry', 'embed', '--set', 'batch=30000000'],
      /^facet: relu of shape \[30000000, 16, 32, 32\] \(in encoder\) takes 1875000\.0 MiB, and a buffer holds 256\.0 MiB: /,
    ],
    [['tests/golden.ts'], /^facet: tests\/golden\.ts exports no entry/],
  ] as const) {
    const { code, stderr, stdout } = await inProcess('inspect', ...args)
    assert.is(code, 2)
    assert.match(stderr.trim(), sentence)
    assert.is(stdout, '')
  }
})

test.run()
