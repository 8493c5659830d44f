/** Wrong inputs of commands that need no device: each is one sentence, exit code 2, and leaves nothing behind. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { replaceFile } from '../../runtime/checkpoint.js'
import { inProcess } from './command.js'

const folder = mkdtempSync(join(tmpdir(), 'facet-wrong-'))
test.after(() => rmSync(folder, { recursive: true }))
const at = (...names: string[]): string => join(folder, ...names)
mkdirSync(at('run'))
writeFileSync(at('run/results.json'), '{"title":"","runs":[],"interrupted":false}')
mkdirSync(at('study'))
writeFileSync(at('study/study.json'), '{"name":"s","trials":[]}')
writeFileSync(at('file.ts'), '')
const files = (): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()

const cases: readonly (readonly [args: readonly string[], sentence: RegExp])[] = [
  [['frobnicate'], /unknown command 'frobnicate'/],
  [['help', 'frobnicate'], /unknown command 'frobnicate'/],
  [['help', '__proto__'], /unknown command '__proto__'/],
  [['doctor', 'extra'], /too many arguments for 'doctor'/],
  [['doctor', '--adapter', 'vulkan'], /adapter is "vulkan": use auto, gpu, cpu, system or swiftshader/],
  [['new'], /missing required argument 'dir'/],
  [['new', ''], /give a folder: facet new my-model/],
  [['new', at('file.ts')], /file\.ts is a file: give a folder that is not there yet/],
  [['new', at('Upper')], /"Upper" cannot be the name of a project/],
  [['new', at('file.ts/sub')], /cannot be used: a file is in the place of a folder/],
  [['demo', '--steps', '0'], /--steps takes a whole number from 1 on, got "0"/],
  [['demo', '--batch', '100000000'], /a batch of 100000000 examples is larger than the training set of 2000/],
  [['demo', '--size', '100000'], /2000 images of 100000 by 100000 pixels take 55879\.4 GiB, more than the 4 GiB/],
  [['pretrain', '--size', '100000'], /images of 100000 by 100000 pixels take .* take a smaller size/],
  [['demo', '--seed', '99999999999999999999'], /--seed takes a whole number from 0 on/],
  [['demo', '--augment', 'gaussian@nowhere'], /has no site nowhere for gaussian/],
  [['demo', '--out', '/proc/nothing'], /\/proc\/nothing cannot be used: \/proc cannot be written/],
  [['demo', '--data', at('nowhere')], /there is no folder .*nowhere/],
  [['demo', '--out', at('file.ts')], /file\.ts cannot be used: it is a file, give a folder/],
  [
    ['pretrain', '--method', 'supervised', '--augment', 'gaussian@pooled:branch=target'],
    /supervised has no target for/,
  ],
  [['pretrain', '--recipe', 'simsiam-small', '--method', 'moco'], /contradict each other/],
  [['pretrain', '--set', '__proto__.x=1'], /a recipe has no __proto__\.x/],
  [['pretrain', '--set', 'epochs='], /epochs of a recipe takes a number from 0 on, got ""/],
  [['pretrain', '--set', 'accumulate=0'], /accumulate of a recipe takes a whole number from 1 on, got "0"/],
  [['pretrain', '--accumulate', '4', '--set', 'accumulate=2'], /--accumulate 4 and --set accumulate=2 contradict/],
  [['pretrain', '--clip-norm', '1', '--set', 'clip.value=1'], /takes clip\.norm or clip\.value, got both/],
  [['pretrain', '--precision', 'f64'], /--precision takes f32 or f16, got "f64"/],
  [['pretrain', '--set', 'stem=imagenet'], /the encoder convnet has no stem: it is a setting of resnet18, resnet34/],
  [['pretrain', '--encoder', 'vit', '--set', 'splits=2'], /the encoder vit has no splits/],
  [['pretrain', '--encoder', 'convnextTiny', '--set', 'depth=2'], /the encoder convnextTiny has no depth/],
  [['pretrain', '--encoder', 'vitTiny', '--width', '8'], /the encoder vitTiny has no width/],
  [['pretrain', '--encoder', 'resnet18', '--set', 'stem=imagenet,stemPadding=2'], /the stem imagenet has no stemPad/],
  [['pretrain', '--steps', '10', '--accumulate', '4'], /10 steps end within a group of accumulate=4.*take 12 steps/],
  [['pretrain', '--checkpoint-every', '3x'], /takes a number of steps or of seconds/],
  [['pretrain', '--resume', at('file.ts')], /cannot read checkpoint .*: a file is in the place of a folder/],
  [['export', at('nowhere'), '--weights', at('w')], /cannot read checkpoint .*nowhere: it does not exist/],
  [['study'], /missing required argument 'file'/],
  [['study', 'submit', at('file.ts')], /required option '--engine <name>' not specified/],
  [['report', at('nowhere')], /does not exist: give --out of a study or a run/],
  [['report', at('file.ts')], /holds neither study\.json of a study nor results\.json of runs/],
  [['report', at('run'), '-o', at('x.md')], /-o takes a file that ends with \.html, got/],
  [['report', at('study'), '-o', at('x.txt')], /-o takes a file that ends with \.html or \.md or \.json, got/],
  [['report', at('run/results.json')], /holds no results of a study: facet report FOLDER -o FILE\.json writes such/],
  [['report', at('none.json')], /none\.json holds no results of a study: it does not exist/],
  [['report', at('study')], /holds no finished trial of s yet/],
]
for (const [args, sentence] of cases)
  test(`facet ${args.map(word => word.replace(folder, '').replace(/^$/, "''")).join(' ')}`, async () => {
    const before = files()
    const { code, stderr } = await inProcess(...args)
    assert.is(code, 2, stderr)
    assert.match(stderr, /^facet: [^\n]+\n$/)
    assert.match(stderr, sentence)
    assert.equal(files(), before)
  })

test('a file that cannot be written leaves nothing half-written, and is named itself', async () => {
  const before = files()
  const error = await replaceFile(at('run'), 'text').then(
    () => undefined,
    error => error,
  )
  assert.is(error?.path, at('run'))
  assert.equal(files(), before)
})

test.run()
