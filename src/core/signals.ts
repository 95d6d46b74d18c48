import { readFileSync, readlinkSync } from 'node:fs'
import path from 'node:path'

/** Signals that ask a program to end, and that whoever starts it may have it ignore. */
export type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

const endSignals: readonly EndSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
const numbers: Readonly<Record<EndSignal, number>> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }

/**
 * What can still be seen of the signals this program was started to ignore. Node resets them all before any of our code runs
 * (`ResetSignalHandlers` in its node.cc), so that `nohup` and a shell's `trap '' INT` do nothing by themselves.
 */
export interface StartTraces {
  env: NodeJS.ProcessEnv
  /** `/proc/<parent>/status`; empty where there is none. */
  parentStatus: string
  /** `/proc/self/fdinfo/0`, and where that descriptor leads. */
  inputInfo: string
  inputPath: string
}

const shells = new Set(['sh', 'bash', 'dash', 'ash', 'busybox', 'ksh', 'mksh', 'zsh'])

/** Returns the signals that were ignored when this program was started, as far as the traces tell. */
export function ignoredSignals(traces: StartTraces = readTraces()): ReadonlySet<EndSignal> {
  const { env, parentStatus, inputInfo, inputPath } = traces
  const ignored = new Set<EndSignal>()
  // Our own launcher, a shell script, saw them before Node did.
  for (const signal of endSignals) {
    if (env.CHAT_P2P_IGNORED_SIGNALS?.split(' ').includes(signal)) ignored.add(signal)
  }
  // A shell names the command it runs in `_`; and nohup replaces a terminal as input by something unreadable.
  const unreadable = inputPath === '/dev/null' && (Number.parseInt(field(inputInfo, 'flags'), 8) & 3) === 1
  if (path.basename(env._ ?? '') === 'nohup' || unreadable) ignored.add('SIGHUP')
  // A script's `trap '' INT` holds for the script itself, too. What other programs ignore they need not have passed on.
  if (shells.has(field(parentStatus, 'Name'))) {
    const mask = BigInt(`0x${field(parentStatus, 'SigIgn') || '0'}`)
    for (const signal of ['SIGINT', 'SIGHUP'] as const) {
      if ((mask >> BigInt(numbers[signal] - 1)) & 1n) ignored.add(signal)
    }
  }
  return ignored
}

/** Returns the signals that end this program: all that ask for it but those it was started to ignore. */
export function heededSignals(): EndSignal[] {
  const ignored = ignoredSignals()
  return endSignals.filter((signal) => !ignored.has(signal))
}

function readTraces(): StartTraces {
  const read = (file: string) => orEmpty(() => readFileSync(file, 'utf8'))
  return {
    env: process.env,
    parentStatus: read(`/proc/${process.ppid}/status`),
    inputInfo: read('/proc/self/fdinfo/0'),
    inputPath: orEmpty(() => readlinkSync('/proc/self/fd/0')),
  }
}

/** Only Linux has these files; elsewhere there is that much less to see. */
function orEmpty(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}

/** `Name:\tbash` → `bash`. */
function field(text: string, name: string): string {
  return new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(text)?.[1] ?? ''
}
