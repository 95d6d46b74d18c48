// npm run bench: what a session costs beside what it is made of; `npm run bench -- directory …` measures the directory.
import '../../src/core/polyfill.js'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { measureCommands, measureFailover } from './commands.js'
import { measureOne } from './one.js'
import { type Amounts, Measuring, measurePaths } from './paths.js'
import { reportOf, reportText } from './report.js'
import { isWay, ways } from './ways.js'

const usage = `npm run bench -- [options]
npm run bench -- directory [memory flat list watch simulation real]
npm run bench -- one <up|down|echo|dial|dials> <way> <MiB, round trips or calls> [<prefix of profiles>]
npm run bench -- one <stopped|idle> <way> <MiB or sessions> [<prefix of heap snapshots>]

  --runs <n>        how often everything is measured, by turns (default 5)
  --ways <list>     some of: ${ways.join(', ')} (default: all)
  --megabytes <n>   of each transfer (default 256)
  --idle <n>        sessions that say nothing (default 5000)
  --small           a little of everything: shows that it works, not how fast it is
  --json <file>     where all samples go (default: a file in the folder for temporary ones)

Takes ten minutes on a machine with nothing else to do. A way that fails is left out and told; after Ctrl-C what has been measured is told.
`

const full: Amounts = {
  runs: 5,
  rounds: 3_000,
  calls: 50,
  dials: 200,
  megabytes: 256,
  idleSessions: 5_000,
  freshContexts: 5,
  stoppedMegabytes: 512,
  stillMs: 60_000,
  idleRelayMs: 20_000,
}
const failoverFaults = 20
const small: Amounts = {
  runs: 1,
  rounds: 20,
  calls: 2,
  dials: 16,
  megabytes: 2,
  idleSessions: 20,
  freshContexts: 1,
  stoppedMegabytes: 8,
  stillMs: 100,
  idleRelayMs: 200,
}

async function main(args: string[]): Promise<number> {
  if (args[0] === 'directory') {
    const script = path.join(import.meta.dirname, 'directory.js')
    const node = ['--expose-gc', '--max-old-space-size=12288', script, ...args.slice(1)]
    return spawnSync(process.execPath, node, { stdio: 'inherit' }).status ?? 1
  }
  if (args[0] === 'one') {
    await measureOne(args.slice(1))
    return 0
  }
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args,
    options: {
      runs: text,
      ways: text,
      megabytes: text,
      idle: text,
      json: text,
      small: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const chosen = values.ways?.split(',').map((way) => {
    if (isWay(way)) return way
    throw new Error(`--ways: there is no '${way}'; one of ${ways.join(', ')}`)
  }) ?? [...ways]
  const base = values.small ? small : full
  const number = (given: string | undefined, otherwise: number) => {
    const value = given === undefined ? otherwise : Number(given)
    if (!Number.isSafeInteger(value) || value < 0) throw new Error(`'${given}' is no whole number.`)
    return value
  }
  const amounts: Amounts = {
    ...base,
    runs: number(values.runs, base.runs),
    megabytes: number(values.megabytes, base.megabytes),
    idleSessions: number(values.idle, base.idleSessions),
  }
  const startedAt = new Date().toISOString()
  const json = values.json ?? path.join(tmpdir(), `chat-p2p-bench-${startedAt.replaceAll(':', '-')}.json`)
  const measuring = new Measuring((line) => console.error(line))
  const tell = () => {
    const report = reportOf(measuring.samples, startedAt)
    console.log(reportText(report))
    writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`)
    console.error(`all samples: ${json}`)
  }
  process.once('SIGINT', () => {
    tell() // what there is
    process.exit(130)
  })
  await measurePaths(chosen, amounts, measuring)
  if (chosen.includes('splice')) {
    await measureCommands(amounts.runs, measuring)
    if (!values.small) await measureFailover(failoverFaults, measuring)
  }
  tell()
  return 0
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(`${error.message}\n\n${usage}`)
    process.exit(2)
  },
)
