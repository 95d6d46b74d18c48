#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8'

// V8 lets its space for young objects grow to 48 MiB, on Node 24 to 128, and what passes through a node is young garbage: a
// relay, host or dialer that carried 512 MiB held 150 MiB. Kept at its first size, at no loss of speed that could be
// measured, they hold about 110. Before anything big is loaded, as loading makes it grow.
setFlagsFromString('--semi-space-growth-factor=1')
await import('../core/polyfill.js')
const { run } = await import('./program.js')

// `chat-p2p list | head` closes our stdout early: that is an end, not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

// Closing a node may for a moment wait for nothing but timers that do not keep a process alive; without this one Node would
// end there, with exit code 13 and no word.
const alive = setInterval(() => {}, 0x7fffffff)
try {
  process.exitCode = await run(process.argv.slice(2))
} finally {
  clearInterval(alive)
}
