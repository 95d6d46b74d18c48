import '../core/polyfill.js'
import { ignoredSignals } from '../core/signals.js'
import { guardOutput } from './output.js'
import { run } from './program.js'

// What we were started to ignore is ignored from the first moment on: Node made these signals end us again.
for (const signal of ignoredSignals()) process.on(signal, () => {})

const output = guardOutput(process.stdout, process.stderr, (code) => process.exit(code))

// Closing a node may for a moment wait for nothing but timers that do not keep a process alive; without this one Node would
// end there, with exit code 13 and no word.
const alive = setInterval(() => {}, 0x7fffffff)
run(process.argv.slice(2), output.began)
  .then(async (code) => {
    await new Promise((resolve) => setImmediate(resolve)) // what could not be written is told of a moment later
    process.exitCode = output.ended(code)
  })
  .finally(() => clearInterval(alive))
