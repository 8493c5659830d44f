/** The model library on the reference data, through the float64 reference: losses, optimizers, augmentation, networks, training. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { conformance } from './command.js'

// Of networks and training runs the quick ones.
const filters = [
  'losses',
  'fa_',
  'optim',
  'augment',
  'sequential',
  'vit',
  'resnet.00',
  'train_byol',
  'train_moco.00',
  '_fa.00',
]
if (existsSync(fileURLToPath(new URL('../../../shared/oracle', import.meta.url))))
  for (const filter of filters)
    test(filter, async () => {
      const lines: string[] = []
      const status = await conformance(
        ['--backend', 'reference', '--filter', filter],
        line => lines.push(line),
        () => undefined,
      )
      assert.is(lines.filter(line => line.startsWith('FAIL')).join('\n'), '')
      assert.match(lines.at(-1)!, /^[1-9]\d* passed, 0 failed$/)
      assert.is(status, 0)
    })
else console.log('skipped: no reference data at ../shared/oracle')
test.run()
