import path from 'node:path'

/** Returns how this program was called, for commands that are printed to be typed: `chat-p2p`, or `node dist/cli/bin.js`. */
export function programName(script: string = process.argv[1] ?? '', here: string = process.cwd()): string {
  if (path.basename(script) !== 'bin.js') return 'chat-p2p'
  const relative = path.relative(here, script)
  const shown = relative.startsWith('..') ? script : relative
  return `node ${shellWord(shown)}`
}

/** Returns a name or path as it is typed in a shell. */
export function shellWord(text: string): string {
  return /[^\w./\\:@-]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : text
}
