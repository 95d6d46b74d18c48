// npm run bench -- one stopped|idle <way> <amount> [<prefix>]: what each process holds while a reader stands still in the middle of a
// transfer, V8 as it comes; or with sessions that say nothing.
import { Layout, roles } from './paths.js'
import type { Way } from './ways.js'

export const memoryWhats = ['stopped', 'idle'] as const
type MemoryWhat = (typeof memoryWhats)[number]
const mebibyte = 1024 * 1024
const stillMs = 10_000

export const isMemoryWhat = (what: string): what is MemoryWhat => memoryWhats.some((one) => one === what)

/** The memory of each process before and after `count` MiB or sessions; with a prefix, what is on each heap: `<prefix>.<process>.<when>.heapsnapshot`. */
export async function measureMemory(
  what: MemoryWhat,
  way: Way,
  count: number,
  prefix: string | undefined,
): Promise<void> {
  const layout = await new Layout({ v8AsItComes: what === 'stopped' }).start([way])
  const { peers, places } = layout
  const snapshots = async (when: string) => {
    if (prefix === undefined) return
    // At once: a process that is taking one answers nobody, and who waits for it finds its paths lost.
    await Promise.all(roles.map((role) => peers[role].call('heap', { file: `${prefix}.${role}.${when}.heapsnapshot` })))
  }
  try {
    await peers.dialer.call('dials', { way, places, count: 16, atOnce: 16 }) // warm
    const before = await layout.usage(what === 'idle')
    await snapshots('before')
    let open = count
    if (what === 'stopped') await peers.dialer.call('stopped', { way, places, bytes: count * mebibyte, stillMs })
    else open = await peers.dialer.call('idle', { way, places, count })
    const after = await layout.usage(what === 'idle')
    await snapshots('after')
    const mib = (bytes: number) => (bytes / mebibyte).toFixed(1)
    if (what === 'idle') console.log(`${open} of ${count} sessions stand`)
    for (const [n, role] of roles.entries()) {
      const held = before[n]!.residentBytes
      const more = after[n]!.residentBytes - held
      const each = (name: 'heapBytes' | 'externalBytes') =>
        ((after[n]![name] - before[n]![name]) / 1024 / open).toFixed(1)
      const shares = `${(more / 1024 / open).toFixed(1)} KiB each, of it heap ${each('heapBytes')}, buffers ${each('externalBytes')}`
      console.log(
        `${role}: ${mib(held)} MiB before, ${mib(after[n]!.residentBytes)} after, ${mib(after[n]!.peakBytes)} at most${what === 'idle' ? `; ${shares}` : ''}`,
      )
    }
  } finally {
    layout.stop()
  }
}
