// `npm run hostile [-- --small] [-- name…]`: runs the hostile programs, one after another, and says what each found.
import '../../src/core/polyfill.js'
import { parseArgs } from 'node:util'
import { programs } from './programs.js'
import { Stage } from './stage.js'

const { values, positionals } = parseArgs({ options: { small: { type: 'boolean' } }, allowPositionals: true })
const unknown = positionals.filter((name) => !programs.some((program) => program.name === name))
if (unknown.length > 0) {
  console.error(`No program '${unknown.join("', '")}'; there are ${programs.map(({ name }) => name).join(', ')}.`)
  process.exit(2)
}

let failed = 0
for (const program of programs) {
  if (positionals.length > 0 && !positionals.includes(program.name)) continue
  console.log(`${program.name}: ${program.about}`)
  const stage = new Stage(values.small === true)
  try {
    const { lines, failures } = await program.run(stage)
    for (const line of lines) console.log(`  ${line}`)
    for (const failure of failures) console.log(`  FAILED: ${failure}`)
    if (failures.length > 0) failed++
  } catch (error) {
    failed++
    console.log(`  FAILED: ${error instanceof Error ? error.stack : error}`)
  } finally {
    await stage.close()
  }
}
console.log(failed === 0 ? 'All of them held.' : `${failed} did not hold.`)
process.exit(failed === 0 ? 0 : 1)
