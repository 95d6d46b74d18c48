import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'

/** What loading this program and starting a node takes, with some to spare. */
const filesToStart = 128

/** True when this process may open so many files more, sockets included. */
export function canOpen(count: number): boolean {
  const opened: number[] = []
  try {
    while (opened.length < count) opened.push(openSync(devNull, 'r'))
    return true
  } catch {
    return false
  } finally {
    for (const descriptor of opened) closeSync(descriptor)
  }
}

/** Returns what a person is told of an error that came up while too few files could be open; undefined when there were enough. */
export function fileLimitText(): string | undefined {
  if (canOpen(filesToStart)) return undefined
  return `Too few files may be open at the same time: \`ulimit -n\` should say 1024 or more, and ${filesToStart} at the very least.`
}
