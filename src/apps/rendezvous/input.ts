import { fstatSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { maxRendezvousLineBytes } from '../../core/limits.js'
import { type Line, LineDecoder } from './framing.js'

/**
 * Yields the lines of a script or a file, bounded as those of a peer. The last one needs no line feed, except on a terminal or of a
 * stream that fails, where it was never entered. A failing stream ends.
 */
export async function* inputLines(input: Readable & { isTTY?: boolean }): AsyncGenerator<Line, undefined> {
  const decoder = new LineDecoder(maxRendezvousLineBytes)
  try {
    for await (const chunk of input) yield* decoder.push(chunk as Uint8Array)
  } catch {
    return // nobody is there to type any more
  }
  if (!input.isTTY) yield* decoder.end()
}

/** Returns true when standard input is no terminal, pipe or file but nothing at all, as a service has it: no reason to leave. */
export function readsNothing(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice()
  } catch {
    return true // closed
  }
}
