import { expect, test } from 'vitest'
import { fuzz } from '../../fuzz/run.js'
import { targets } from '../../fuzz/targets.js'

// In small; `npm run fuzz` has ten million inputs. A failure prints seed and path: put them into test/fuzz/seeds.ts.
test.each(targets.map((target) => [target.name, target] as const))('%s takes anything', (_, target) => {
  expect(fuzz(target, 200, Date.now() % 1e9).inputs).toBe(200)
})
