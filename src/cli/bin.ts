#!/usr/bin/env node
import '../core/polyfill.js'
import { run } from './program.js'

// `chat-p2p list | head` closes our stdout early: that is an end, not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

process.exitCode = await run(process.argv.slice(2))
