// npm run bench -- one <what> <way> <amount> [<prefix>]: one measure of one way beside its reference, by turns, with the CPU time of each
// process; with a prefix, where that time goes: <prefix>.<process>.cpuprofile, for Chromium's or any other viewer. For memory see
// memory.ts.
import { isMemoryWhat, measureMemory, memoryWhats } from './memory.js'
import { Layout, roles } from './paths.js'
import { isWay, referenceOf, type Way, ways } from './ways.js'

const whats = ['up', 'down', 'echo', 'dial', 'dials'] as const
type What = (typeof whats)[number]
const turns = 5

export async function measureOne(args: string[]): Promise<void> {
  const [what, way, amount, prefix] = args
  const count = Number(amount)
  const all: readonly string[] = [...whats, ...memoryWhats]
  if (
    what === undefined ||
    !all.includes(what) ||
    way === undefined ||
    !isWay(way) ||
    !(count > 0 && count % 1 === 0)
  ) {
    throw new Error(
      `bench one <${all.join('|')}> <way> <MiB, round trips, calls or sessions> [<prefix>]; a way is one of ${ways}`,
    )
  }
  if (isMemoryWhat(what)) return measureMemory(what, way, count, prefix)
  const reference = referenceOf[way]
  const compared = reference === undefined ? [way] : [way, reference]
  const layout = await new Layout().start(compared)
  try {
    await once(layout, what as What, way, count) // warm
    if (prefix !== undefined) return await profiled(layout, what as What, way, count, prefix)
    const results: Record<string, number[][]> = Object.fromEntries(compared.map((each) => [each, []]))
    for (let turn = 0; turn < turns; turn++) {
      for (const each of compared) results[each]!.push(await once(layout, what as What, each, count))
    }
    for (const [each, figures] of Object.entries(results)) {
      const [result, ...cpu] = figures[0]!.map((_, column) => median(figures.map((row) => row[column]!)))
      const unit = what === 'up' || what === 'down' ? 's/GiB' : 'ms each'
      console.log(
        `${what} ${each}: ${result!.toFixed(2)}; CPU ${unit}: ${roles.map((role, n) => `${role} ${cpu[n]!.toFixed(2)}`).join(', ')}, all ${cpu.at(-1)!.toFixed(2)}`,
      )
    }
  } finally {
    layout.stop()
  }
}

async function profiled(layout: Layout, what: What, way: Way, count: number, prefix: string): Promise<void> {
  await Promise.all(roles.map((role) => layout.peers[role].call('profile', {})))
  await once(layout, what, way, count)
  await Promise.all(roles.map((role) => layout.peers[role].call('profile', { file: `${prefix}.${role}.cpuprofile` })))
}

/** Its result: MiB/s, ms at the median, or calls per second; then the CPU time of each process and of all, per GiB or for each. */
async function once(layout: Layout, what: What, way: Way, count: number): Promise<number[]> {
  const before = await layout.usage()
  const result = await run(layout, what, way, count)
  const after = await layout.usage()
  const each = what === 'up' || what === 'down' ? count / 1024 : count / 1000
  const cpu = after.map(({ cpuSeconds }, n) => (cpuSeconds - before[n]!.cpuSeconds) / each)
  return [result, ...cpu, cpu.reduce((sum, one) => sum + one, 0)]
}

async function run({ peers, places }: Layout, what: What, way: Way, count: number): Promise<number> {
  const { dialer } = peers
  if (what === 'dials') return dialer.call('dials', { way, places, count, atOnce: 16 })
  if (what === 'echo') return median(await dialer.call('echo', { way, places, rounds: count }))
  if (what === 'dial') return median((await dialer.call('dial', { way, places, count })).echoed)
  const bytes = count * 1024 * 1024
  return count / (await dialer.call('bulk', { way, places, bytes, direction: what, sessions: 1 }))
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!
