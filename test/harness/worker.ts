// Starts one of the workers, named by the first argument, with a small space for young objects as `chat-p2p` does for its own
// processes (src/cli/bin.ts says why). Set before anything big is loaded; V8 does not take it from its command line.
import { setFlagsFromString } from 'node:v8'

setFlagsFromString('--semi-space-growth-factor=1')
await import(`./${process.argv[2]}`)
