/** Test files that start together in an empty temporary folder: each gets the whole Chromium, though one of them is killed. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const empty = mkdtempSync(join(tmpdir(), 'facet-unpacked-'))
test.after(() => rmSync(empty, { recursive: true, force: true }))

const module = new URL('./chromium.ts', import.meta.url).href
/** A process that unpacks, and says where. */
function start() {
  const args = ['--import', 'tsx', '--input-type=module', '-e']
  const body = `const { unpacked } = await import('${module}'); console.log(await unpacked())`
  const child = spawn(process.execPath, [...args, body], { env: { ...process.env, TMPDIR: empty } })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (said += data))
  return { child, ended: new Promise<string>(resolve => child.on('close', () => resolve(said.trim()))) }
}
const named = (what: RegExp): string[] => readdirSync(empty).filter(name => what.test(name))

test('Chromium is unpacked whole, by whoever is first', async () => {
  if (process.platform !== 'linux' || process.arch !== 'x64') return
  const killed = start()
  while (named(/^facet-chromium-.*\./).length === 0) await new Promise(resolve => setTimeout(resolve, 20))
  killed.child.kill('SIGKILL')
  await killed.ended
  const [first, second] = await Promise.all([start().ended, start().ended])
  assert.is(first, second)
  assert.is(join(first!, '..'), empty)
  assert.ok(statSync(join(first!, 'chromium')).size > 1e8)
  // As if they had been left an hour ago; the next who unpacks removes them.
  const old = new Date(Date.now() - 7_200_000)
  mkdirSync(`${first}.remains`)
  for (const name of named(/^facet-chromium-[^/]*\.\w{6,7}$/)) utimesSync(join(empty, name), old, old)
  rmSync(first!, { recursive: true })
  assert.is(await start().ended, first)
  assert.equal(
    readdirSync(empty).filter(name => name.startsWith('facet-chromium-')),
    [first!.slice(empty.length + 1)],
  )
})

test.run()
