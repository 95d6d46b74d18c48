#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8'

// Nothing here may need a newer Node than the one it complains about, nor load anything that does.
const [major, minor] = process.versions.node.split('.').map(Number) as [number, number]
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`chat-p2p: Node 20.19 or newer is needed; this is ${process.version}.\n`)
  process.exitCode = 1
} else {
  // V8 lets its space for young objects grow to 48 MiB, on Node 24 to 128, and what passes through a node is young garbage: a
  // relay, host or dialer that carried 512 MiB held 150 MiB. Kept at its first size, at no loss of speed that could be
  // measured, they hold about 110. Before anything big is loaded, as loading makes it grow.
  setFlagsFromString('--semi-space-growth-factor=1')
  import('./start.js').catch(async (error) => {
    const text = await import('../core/file-limit.js').then(
      ({ fileLimitText }) => fileLimitText(),
      () => 'Too few files may be open at the same time (ulimit -n).',
    )
    if (text === undefined) throw error
    process.stderr.write(`chat-p2p: ${text}\n`)
    process.exitCode = 1
  })
}
