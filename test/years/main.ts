// `npm run years [-- --years n] [-- --seed n] [-- --step days]`: a network lives ten years in a minute or two, and tells of it.
import '../../src/core/polyfill.js'
import { parseArgs } from 'node:util'
import { dayMs, live } from './life.js'

const { values } = parseArgs({
  options: {
    years: { type: 'string', default: '10' },
    hosts: { type: 'string', default: '40' },
    people: { type: 'string', default: '7' },
    step: { type: 'string', default: '7' },
    seed: { type: 'string', default: `${Date.now() % 1e9}` },
  },
})
// Signals that time out keep no process alive.
const alive = setInterval(() => {}, 60_000)
const seed = Number(values.seed)
console.log(`seed ${seed}`)
const { broken } = await live({
  years: Number(values.years),
  hosts: Number(values.hosts),
  people: Number(values.people),
  stepMs: Number(values.step) * dayMs,
  seed,
  say: (line) => console.log(line),
})
if (broken.length > 0) console.log(`seed ${seed} broke ${broken.length} promises`)
clearInterval(alive)
process.exit(broken.length === 0 ? 0 : 1)
