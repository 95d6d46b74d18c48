// `npm run nat`: pairs of networks as people have them, in namespaces, and which of them a session gets through directly.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { natPairs, sideKinds } from './nat-kinds.js'
import { whyNoNats } from './nat-network.js'
import { type PairResult, runNats } from './nat-run.js'

const usage = `npm run nat -- [options]

  --pairs <list>   some of ${natPairs.map(({ name }) => name).join(', ')}
                   (default: all)
  --calls <n>      calls of each pair, for the times (default 20)
  --json <file>    also write the results there

Needs root on Linux, iproute2 and nftables. Sides:
${Object.entries(sideKinds)
  .map(([kind, what]) => `  ${kind.padEnd(12)} ${what}`)
  .join('\n')}
`

async function main(): Promise<number> {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    options: { pairs: text, calls: text, json: text, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) {
    process.stdout.write(usage)
    return 0
  }
  const names = values.pairs?.split(',')
  const pairs = names === undefined ? natPairs : natPairs.filter(({ name }) => names.includes(name))
  const calls = Number(values.calls ?? 20)
  if (pairs.length < (names?.length ?? 0) || !(calls >= 1)) {
    process.stderr.write(usage)
    return 2
  }
  const missing = whyNoNats()
  if (missing !== undefined) {
    process.stdout.write(`skipped: ${missing}\n`)
    return 0
  }
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => stop.abort(new Error('stopped')))
  const results = await runNats({ pairs, calls, signal: stop.signal, onPair: (result) => console.log(lineOf(result)) })
  const direct = results.filter(({ found }) => found === 'direct').length
  console.log(`direct: ${direct} of ${results.length} pairs`)
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`)
  return results.some(({ failures }) => failures.length > 0) ? 1 : 0
}

function lineOf({ pair, found, why, ms, afterwards, failures }: PairResult): string {
  const times = ms.count > 1 ? `p50 ${ms.p50} ms, p99 ${ms.p99} ms of ${ms.count}` : `${ms.p50} ms`
  const lines = [
    `${failures.length === 0 ? '✓' : '✗'} ${pair}: ${found}${why === undefined ? '' : ` (${why})`}, ${times}`,
  ]
  for (const line of afterwards) lines.push(`    ${line}`)
  for (const line of failures) lines.push(`  ✗ ${line}`)
  return lines.join('\n')
}

process.exitCode = await main()
