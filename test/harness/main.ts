// `npm run failover`: many relays, hosts and dialers as real processes, faults from a seed, and a report.
import { randomInt } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { runMemory } from './memory.js'
import { memoryText } from './memory-text.js'
import { type HarnessOptions, parseOptions, repeatCommand, usage } from './options.js'
import { missed } from './report.js'
import { reportText } from './report-text.js'
import { runFailover } from './run.js'

async function main(): Promise<number> {
  let options: HarnessOptions | undefined
  try {
    options = parseOptions(process.argv.slice(2), () => randomInt(1_000_000_000))
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`)
    return 2
  }
  if (options === undefined) {
    process.stdout.write(usage)
    return 0
  }
  const stop = new AbortController()
  let told = 0
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (told++ > 0) process.exit(130) // what was started goes away all the same
      process.stderr.write('\nstopping; once more to leave at once\n')
      stop.abort(new Error('interrupted'))
    })
  }
  process.stderr.write(`seed ${options.seed}: ${repeatCommand(options)}\n`)
  const report = options.memory ? await runMemory(options, stop.signal) : await runFailover(options, stop.signal)
  process.stdout.write(`${'held' in report ? memoryText(report) : reportText(report)}\n`)
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`)
  if (stop.signal.aborted) return 130
  const isMissed = options.strict && 'figures' in report && missed(report.figures).length > 0
  return report.failures.length > 0 || isMissed ? 1 : 0
}

process.exitCode = await main()
