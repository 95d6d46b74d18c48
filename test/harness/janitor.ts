// Started beside every run, in a session of its own: when the run ends, however it ends, its standard input closes, and
// whatever is still on the list is taken away. Frozen processes and network namespaces would stay behind otherwise.
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** One line per message: something to take away at the end, or no longer. */
export interface JanitorOrder {
  add?: JanitorItem
  remove?: JanitorItem
}

export type JanitorItem = { pid: number } | { namespace: string } | { folder: string }

const items = new Map<string, JanitorItem>()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {}) // the run decides

const input = createInterface({ input: process.stdin })
input.on('line', (line) => {
  const { add, remove }: JanitorOrder = JSON.parse(line)
  if (add !== undefined) items.set(JSON.stringify(add), add)
  if (remove !== undefined) items.delete(JSON.stringify(remove))
})
input.on('close', () => {
  const all = [...items.values()]
  // Processes first: a namespace lives as long as somebody is in it.
  for (const item of all) if ('pid' in item) attempt(() => process.kill(item.pid, 'SIGKILL'))
  for (const item of all)
    if ('namespace' in item) attempt(() => execFileSync('ip', ['netns', 'delete', item.namespace]))
  for (const item of all) if ('folder' in item) attempt(() => rmSync(item.folder, { recursive: true, force: true }))
})

function attempt(run: () => void): void {
  try {
    run()
  } catch {
    // Gone already; the rest still has to go.
  }
}
