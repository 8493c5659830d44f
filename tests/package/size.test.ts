/** What pages have of Facet in them stays small. `npm run size` says what it is made of. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { PAGES, weigh } from './size.js'

/** In KB, minified and gzipped: what they have, and some three in a hundred more. */
const BUDGETS: Record<keyof typeof PAGES, number> = {
  'runs bundles': 21,
  'has all of facet-tensor/runtime': 60,
  'compiles: entry, a few operations': 90,
  'compiles axis patterns, too': 130,
  'has all of facet-tensor': 156,
  'pretrains by SimSiam': 126,
}

for (const [page, code] of Object.entries(PAGES))
  test(`a page that ${page}`, async () => {
    const { total, parts } = await weigh(code)
    const budget = BUDGETS[page as keyof typeof PAGES]
    assert.ok(total < 1000 * budget, `${total} bytes, the budget is ${budget} KB`)
    assert.ok(total > 300 * budget, `${total} bytes: was it bundled?`)
    const sum = [...parts.values()].reduce((a, b) => a + b, 0)
    assert.ok(Math.abs(sum - total) < 1, `${sum} of ${total}`)
    // Nothing but Facet, and the parser of axis patterns and of the text form, which lodash comes with, where these are used.
    const foreign = [...parts.keys()].filter(name => !/^(compiler|runtime|models)(\/|$)|^the page$/.test(name))
    const parser = /patterns|all of facet-tensor$/.test(page) ? /^(@?chevrotain|lodash-es)/ : /^$/
    assert.equal(
      foreign.filter(name => !parser.test(name)),
      [],
    )
    if (/bundles|runtime/.test(page)) assert.not.ok([...parts.keys()].some(name => /^(compiler|models)/.test(name)))
  })

test.run()
