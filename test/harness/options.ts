import { parseArgs } from 'node:util'
import { type FaultKind, faultKinds, isFaultKind } from './fault-kinds.js'

export const carriers = ['splice', 'circuit'] as const
export type Carrier = (typeof carriers)[number]

export interface HarnessOptions {
  /** Repeats the choice of faults, victims and messages. */
  seed: number
  relays: number
  hosts: number
  dialers: number
  /** Ends after this time, or after this many faults, whichever comes first. */
  minutes: number
  count: number
  faults: FaultKind[]
  /** What carries the sessions: sockets that relays join, or circuits alone. */
  carrier: Carrier
  /** Of each bulk session, each way. */
  bulkKibPerSecond: number
  /** Terminators a host holds at once. */
  terminators: number
  json?: string
  /** Leaves logs and identities behind. */
  keep: boolean
  keepGoing: boolean
  /** A figure that is not reached counts as a failure. */
  strict: boolean
  verbose: boolean
  /** The memory test instead of faults. */
  memory: boolean
  megabytes: number
  /** How long the reader of the memory test stops; 0: until all buffers are full. */
  pauseSeconds: number
}

export const usage = `npm run failover -- [options]

  --minutes <n>      how long to run (default 2; with --count: until then)
  --count <n>        end after this many faults
  --seed <n>         repeats a run's choices (default: a new one each time)
  --relays <n>       relay processes, 2 or more (default 4)
  --hosts <n>        host processes (default 3)
  --dialers <n>      dialer processes; each calls every host (default 3)
  --terminators <n>  relays that a host is bound on (default 3)
  --faults <list>    some of ${faultKinds.map(({ kind }) => kind).join(',')}
                     (default: all that this machine can do)
  --carrier <kind>   what carries the sessions: splice (default), or circuit alone
  --bulk <KiB/s>     rate of each bulk transfer, each way; 0: as fast as it goes (default 256)
  --json <file>      also write the report there
  --keep             leave logs and identities behind
  --keep-going       go on after a failure
  --strict           exit 1 also when a figure (✗) is not reached, not only when something was lost
  --verbose          a line for every fault
  --memory           instead of faults: a big transfer whose reader stops on the way, with memory watched
  --megabytes <n>    how much (default 512)
  --pause <seconds>  how long the reader stops; 0: until every buffer is full (default 60)
`

/** Throws an Error that says what is wrong. `undefined` when help was asked for. */
export function parseOptions(args: string[], newSeed: () => number): HarnessOptions | undefined {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    args,
    options: {
      minutes: text,
      count: text,
      seed: text,
      relays: text,
      hosts: text,
      dialers: text,
      terminators: text,
      faults: text,
      carrier: text,
      bulk: text,
      json: text,
      keep: flag,
      'keep-going': flag,
      strict: flag,
      verbose: flag,
      memory: flag,
      megabytes: text,
      pause: text,
      help: { ...flag, short: 'h' },
    },
  })
  if (values.help) return undefined
  const number = (name: keyof typeof values, fallback: number, min: number, whole = true): number => {
    const value = values[name]
    if (value === undefined) return fallback
    const parsed = Number(value)
    if (value === '' || !(parsed >= min) || (whole && !Number.isSafeInteger(parsed))) {
      throw new Error(`--${name} takes a ${whole ? 'whole ' : ''}number from ${min}, not '${value}'.`)
    }
    return parsed
  }
  const count = number('count', Number.POSITIVE_INFINITY, 1)
  const { json } = values
  return {
    seed: number('seed', newSeed(), 0),
    relays: number('relays', 4, 2),
    hosts: number('hosts', 3, 1),
    dialers: number('dialers', 3, 1),
    terminators: number('terminators', 3, 1),
    minutes: number('minutes', Number.isFinite(count) ? Number.POSITIVE_INFINITY : 2, 0, false),
    count,
    faults: parseFaults(values.faults),
    carrier: parseCarrier(values.carrier),
    bulkKibPerSecond: number('bulk', 256, 0),
    ...(json === undefined ? {} : { json }),
    keep: values.keep,
    keepGoing: values['keep-going'],
    strict: values.strict,
    verbose: values.verbose,
    memory: values.memory,
    megabytes: number('megabytes', 512, 1),
    pauseSeconds: number('pause', 60, 0, false),
  }
}

function parseFaults(list: string | undefined): FaultKind[] {
  if (list === undefined) return faultKinds.map(({ kind }) => kind)
  return list.split(',').map((name) => {
    if (isFaultKind(name)) return name
    throw new Error(`--faults: there is no '${name}'; one of ${faultKinds.map(({ kind }) => kind).join(', ')}.`)
  })
}

function parseCarrier(text = 'splice'): Carrier {
  const carrier = carriers.find((each) => each === text)
  if (carrier === undefined) throw new Error(`--carrier takes ${carriers.join(' or ')}, not '${text}'.`)
  return carrier
}

/** The command that repeats a run. */
export function repeatCommand(options: HarnessOptions): string {
  const { seed, relays, hosts, dialers, terminators, faults, bulkKibPerSecond } = options
  const parts = [`--seed ${seed} --relays ${relays} --hosts ${hosts} --dialers ${dialers} --terminators ${terminators}`]
  if (options.carrier !== 'splice') parts.push(`--carrier ${options.carrier}`)
  if (options.memory) parts.push(`--memory --megabytes ${options.megabytes} --pause ${options.pauseSeconds}`)
  else {
    if (Number.isFinite(options.count)) parts.push(`--count ${options.count}`)
    if (Number.isFinite(options.minutes)) parts.push(`--minutes ${options.minutes}`)
    parts.push(`--bulk ${bulkKibPerSecond} --faults ${faults.join(',')}`)
  }
  return `npm run failover -- ${parts.join(' ')}`
}
