// `npm run fuzz [-- --inputs n] [-- --seed n] [-- name…]`: hostile inputs for every decoder and parser; 10 million by default.
import '../../src/core/polyfill.js'
import { parseArgs } from 'node:util'
import { fuzz } from './run.js'
import { targets } from './targets.js'

const { values, positionals } = parseArgs({
  options: {
    inputs: { type: 'string', default: '10000000' },
    seed: { type: 'string', default: `${Date.now() % 1e9}` },
  },
  allowPositionals: true,
})
const chosen = targets.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
const each = Math.ceil(Number(values.inputs) / chosen.length)
const seed = Number(values.seed)
const maxGrowthMiB = 300
console.log(`${chosen.length} targets, ${each} inputs each, seed ${seed}`)
let failed = 0
let inputs = 0
const before = process.memoryUsage.rss()
for (const target of chosen) {
  try {
    const outcome = fuzz(target, each, seed)
    inputs += outcome.inputs
    console.log(`${target.name}: held, ${Math.round(outcome.slowestMs)} ms for the slowest thousand`)
  } catch (error) {
    failed++
    console.log(`${target.name}: FAILED\n${error instanceof Error ? error.message : error}`)
  }
}
const growthMiB = Math.round((process.memoryUsage.rss() - before) / 2 ** 20)
console.log(`${inputs} inputs; memory grew by ${growthMiB} MiB`)
process.exit(failed === 0 && growthMiB < maxGrowthMiB ? 0 : 1)
