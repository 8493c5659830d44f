/**
 * What is published, in the projects of strangers: the tarball of `npm pack`, installed into a fresh folder, in plain Node, under
 * TypeScript's module resolutions with every strict flag, through bundlers, and in what else there is of engines (`FACET_ENGINES`, see
 * tests/engines). What npm cannot fetch is left out, and said.
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { complaints, ISOLATED, LONG, serve, startChromium } from '../browser/chromium.js'
import { root } from '../runtime/process.js'

const project = mkdtempSync(join(tmpdir(), 'facet-stranger-'))
const bin = join(project, 'node_modules/.bin')
const engines = process.env.FACET_ENGINES && join(process.env.FACET_ENGINES, 'node_modules/.bin')
const env = {
  ...process.env,
  FACET_ADAPTER: 'auto',
  PATH: [bin, engines, process.env.PATH].filter(Boolean).join(delimiter),
}
const run = (command: string, ...args: string[]): SpawnSyncReturns<string> =>
  spawnSync(command, args, { cwd: project, env, encoding: 'utf8', timeout: 240_000 })
function succeeds(command: string, ...args: string[]): string {
  const { status, stdout, stderr } = run(command, ...args)
  assert.is(status, 0, `${command} ${args.join(' ')}: ${stdout}${stderr}`)
  return stdout
}
const write = (name: string, content: string | object): void =>
  writeFileSync(join(project, name), typeof content === 'string' ? content : JSON.stringify(content))

/** Every entry point, and a program that compiles and trains on the processor: its last line is the loss. */
const PROGRAM = `
import { compile, entry, mean, square, sub, targetFor } from 'facet-tensor'
import { fit, linear, sgd } from 'facet-tensor/models'
import { BadInput, load, openDevice } from 'facet-tensor/runtime'
const layer = linear(4, 1)
const loss = entry({ x: ['batch', 4], y: ['batch', 1] }, ({ x, y }) => ({ loss: mean(square(sub(layer(x), y))) }))
const step = fit(layer, loss, sgd({ learningRate: 0.1 }))
const device = await openDevice({ adapter: 'cpu' })
const session = await load(device, compile({ step }, { batch: 2 }, { target: targetFor(device) }), { seed: 1 })
const inputs = { x: Float32Array.from({ length: 8 }, (_, i) => i / 8), y: Float32Array.of(1, 2) }
const first = (await session.call('step', inputs)).loss[0]
for (let n = 0; n < 20; n++) session.run('step', inputs)
const last = (await session.call('step', inputs)).loss[0]
device.destroy()
if (!BadInput || !(first! > 2 * last!)) throw new Error(\`the loss went from \${first} to \${last}\`)
console.log('trained')
`
const JAVASCRIPT = PROGRAM.replace('first! > 2 * last!', 'first > 2 * last')
const REST = `import { compileTuned } from 'facet-tensor/tune'
import { onnxModel } from 'facet-tensor/onnx'
console.log(typeof compileTuned, typeof onnxModel)
`
const pack = (folder: string) =>
  spawnSync('npm', ['pack', '--silent', '--pack-destination', project], { cwd: join(root, folder), encoding: 'utf8' })
const nameOf = ({ stdout }: SpawnSyncReturns<string>): string => stdout.trim().split('\n').at(-1)!
const packed = pack('.')
const tarball = nameOf(packed)
write('package.json', { name: 'stranger', private: true, type: 'module' })
const installed = run('npm', 'install', '--no-audit', '--no-fund', `./${tarball}`)
const missing = installed.status !== 0 && /E(NOTFOUND|AI_AGAIN|CONNREFUSED|TIMEDOUT)/.test(installed.stderr)
if (missing) console.log('skipped: npm reaches no registry here')
const stranger = missing ? test.skip : test
/** Packages for the tests that follow, at once, since npm is most of the time here. Those before must not need what they bring. */
const install = (...packages: readonly string[]): void =>
  stranger(`npm installs ${packages.join(' ')}`, () => {
    succeeds('npm', 'install', '--no-audit', '--no-fund', '--save-dev', ...packages)
  })
test.after(() => rmSync(project, { recursive: true }))

stranger(
  'what is packed is JavaScript, declarations and maps that hold their sources; no test, nothing of sources alone',
  () => {
    assert.is(packed.status, 0, packed.stderr)
    const folder = join(project, 'node_modules/facet-tensor')
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1))
    assert.equal(
      files.filter(
        file =>
          !/^(dist\/.*(\.js|\.d\.ts|\.js\.map)|cli\/\w+\.mjs|cli\/template\/.*|package\.json|README\.md|LICENSE)$/.test(
            file,
          ),
      ),
      [],
    )
    const map = JSON.parse(readFileSync(join(folder, 'dist/compiler/compile.js.map'), 'utf8'))
    assert.match(map.sourcesContent[0], 'export function compile')
  },
)

stranger('it brings less than 15 packages and 20 MB', () => {
  assert.is(installed.status, 0, installed.stderr)
  const { packages } = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'))
  const names = Object.keys(packages).filter(Boolean)
  assert.ok(names.length < 15, names.join())
  const megabytes = Number(succeeds('du', '-sk', 'node_modules').split('\t')[0]) / 1024
  assert.ok(megabytes < 20, `${megabytes} MB`)
  console.log(`${names.length} packages, ${megabytes.toFixed(1)} MB`)
})

stranger('plain node runs it, and what is missing is a sentence with the line to type', () => {
  write('app.mjs', JAVASCRIPT)
  write('rest.mjs', REST)
  assert.match(succeeds('node', 'app.mjs'), 'trained')
  assert.match(succeeds('node', 'rest.mjs'), 'function function')
  write('gpu.mjs', `import { openDevice } from 'facet-tensor/runtime'\nawait openDevice({ adapter: 'gpu' })`)
  assert.match(run('node', 'gpu.mjs').stderr, /the npm package webgpu, .* is not installed: npm install webgpu/)
  const { status, stderr } = run('npx', '--no-install', 'facet', 'doctor')
  assert.is(status, 1)
  assert.is(stderr, 'facet: the command line needs tsx, which is not installed: npm install facet-tensor-cli\n')
})

stranger(
  'npm create facet-tensor: a project that installs, type-checks, passes its test, and a page that trains',
  async () => {
    succeeds('npm', 'install', '--no-audit', '--no-fund', '--no-save', `./${nameOf(pack('packages/create'))}`)
    const start = performance.now()
    assert.match(succeeds('npx', '--no-install', 'create-facet-tensor', 'made'), 'npm run dev')
    succeeds('npm', '--prefix', 'made', 'install', '--no-audit', '--no-fund', `./${tarball}`)
    succeeds('npm', '--prefix', 'made', 'run', 'build')
    const built = performance.now()
    const browser = await startChromium()
    if (typeof browser === 'string') console.log(`skipped: ${browser}`)
    else {
      const server = await serve(join(project, 'made/dist'), ISOLATED)
      const page = await browser.newPage()
      const errors = complaints(page)
      await page.goto(server.origin)
      await page.waitForFunction(
        `/^Step \\d+ of 500 on .*: loss -?\\d/.test(document.querySelector('#status').textContent)`,
        null,
        LONG,
      )
      console.log(
        `create, install, build: ${((built - start) / 1000).toFixed(0)} s; then ${await page.textContent('#status')}`,
      )
      assert.equal(errors, [])
      await browser.close()
      server.close()
    }
    for (const script of ['check', 'test']) succeeds('npm', '--prefix', 'made', 'run', script)
    assert.match(succeeds('npm', '--prefix', 'made', 'start', '--', '20'), /step 20: loss -?\d/)
  },
)

for (const [name, command, ...args] of [
  ['Node 24', 'node', 'app.mjs'],
  ['Deno', 'deno', 'run', '--allow-all', 'app.mjs'],
  ['Bun', 'bun', 'run', 'app.mjs'],
] as const) {
  const path = engines && join(engines, command)
  if (!path || !existsSync(path)) console.log(`skipped: no ${name} in FACET_ENGINES`)
  ;(path && existsSync(path) ? stranger : test.skip)(name, () => {
    write('app.mjs', JAVASCRIPT)
    assert.match(succeeds(path!, ...args), 'trained')
  })
}

const STRICT = {
  ...{ strict: true, target: 'es2022', lib: ['es2023', 'dom', 'dom.iterable'], types: [], noEmit: true },
  ...{ skipLibCheck: false, erasableSyntaxOnly: true, noPropertyAccessFromIndexSignature: true },
  ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noImplicitOverride: true },
  ...{ noImplicitReturns: true, noFallthroughCasesInSwitch: true, noUnusedLocals: true, noUnusedParameters: true },
  ...{ verbatimModuleSyntax: true, isolatedModules: true, noUncheckedSideEffectImports: true },
}
const compilers = ['5.9.3', '7.0.2'].map(version => ({ version, name: `typescript-${version[0]}` }))
// Alone: types of Node, which bundlers bring, would hide that a declaration needs them.
install(...compilers.map(({ version, name }) => `${name}@npm:typescript@${version}`))
for (const { version, name } of compilers)
  stranger(`TypeScript ${version} with every strict flag, nodenext and bundler`, () => {
    write('app.ts', PROGRAM)
    write('rest.ts', REST)
    // A mistake is found: types are not any.
    write('wrong.ts', `import { matmul, zeros } from 'facet-tensor'\nmatmul(zeros([2, 3]), zeros([4, 5]))\n`)
    for (const moduleResolution of ['nodenext', 'bundler']) {
      const module = moduleResolution === 'bundler' ? 'esnext' : moduleResolution
      const compilerOptions = { ...STRICT, module, moduleResolution }
      write('tsconfig.json', { compilerOptions, files: ['app.ts', 'rest.ts', 'wrong.ts'] })
      const lines = run('node', `node_modules/${name}/bin/tsc`, '-p', 'tsconfig.json').stdout.split('\n')
      // The globals of @webgpu/types and those that TypeScript 7 has itself disagree.
      const errors = lines.filter(line => /error TS/.test(line) && !/^[^(]*(@webgpu\/types|lib\.dom\.d\.ts)/.test(line))
      assert.is(errors.length, 1, errors.join('\n'))
      assert.match(errors[0]!, /^wrong\.ts\(2,/)
    }
  })

install(
  ...['tsx@4.23.15', 'esbuild@0.28.2', 'webpack@5.113.0', 'webpack-cli@7.3.1'],
  ...['publint@0.3.25', '@arethetypeswrong/cli@0.18.5'],
)
stranger('tsx', () => assert.match(succeeds('tsx', 'app.ts'), 'trained'))

stranger('esbuild: one file for Node', () => {
  succeeds('esbuild', 'app.ts', '--bundle', '--platform=node', '--format=esm', '--outfile=out/esbuild.mjs')
  assert.match(succeeds('node', 'out/esbuild.mjs'), 'trained')
})

stranger('webpack: a page and a file for Node, without a warning', () => {
  write('app.mjs', JAVASCRIPT)
  const configs = ['web', 'node'].map(target => ({
    mode: 'production',
    target: [target, 'es2022'],
    entry: './app.mjs',
    experiments: { outputModule: true },
    output: { path: join(project, 'out'), filename: `${target}.mjs`, module: true, chunkFormat: 'module' },
    performance: { hints: false },
  }))
  write('webpack.config.mjs', `export default ${JSON.stringify(configs)}`)
  assert.not.match(succeeds('webpack'), /WARNING|ERROR/)
  assert.match(succeeds('node', 'out/node.mjs'), 'trained')
})

stranger('Vite: the template of create-vite for TypeScript builds, and knows what it is made of', () => {
  succeeds('npm', 'create', '--yes', 'vite@8', 'page', '--', '--template', 'vanilla-ts', '--no-interactive')
  write('page/src/main.ts', PROGRAM)
  write('page/vite.config.ts', `export default { build: { target: 'es2022' } }`)
  // The template's own TypeScript and Vite, and the tarball.
  succeeds('npm', '--prefix', 'page', 'install', '--no-audit', '--no-fund', `./${tarball}`)
  succeeds('npm', '--prefix', 'page', 'run', 'build')
  const [script] = readdirSync(join(project, 'page/dist/assets')).filter(name => name.endsWith('.js'))
  assert.not.match(readFileSync(join(project, 'page/dist/assets', script!), 'utf8'), /node:(fs|os|worker_threads)/)
})

stranger('publint and attw find nothing', () => {
  assert.match(succeeds('publint', join('node_modules/facet-tensor'), '--strict'), 'All good!')
  // It is ESM alone, for module resolutions that know exports.
  succeeds('attw', tarball, '--profile', 'esm-only', '--exclude-entrypoints', 'cli')
})

test.run()
