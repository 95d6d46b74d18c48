// What it takes from the start of a process until it has done something.
import { execFileSync, spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { service } from '../harness/network.js'
import { type Places, sessionWays, type Way } from './ways.js'

/** What people install, where it is named; else the same as it was compiled. */
const bundled = process.env.CHAT_P2P_BIN
export const cli = path.resolve(bundled ?? path.join(import.meta.dirname, '../../src/cli/bin.js'))
const sdk =
  bundled === undefined ? path.join(import.meta.dirname, '../../src/sdk/index.js') : path.join(cli, '../sdk.js')
const cold = path.join(import.meta.dirname, 'cold.js')

/** Ways that a process which has just been started can take. */
export const coldWays: readonly Way[] = ['tls', 'tls proxied', 'splice', 'circuit']

/** Milliseconds from the start of a process that loads everything it needs, and dials, until it was accepted. */
export function coldDialMs(way: Way, places: Places, identity: string): Promise<number> {
  const ours = sessionWays.includes(way) ? [sdk, identity, service] : []
  return untilSaidMs([cold, way, JSON.stringify(places), ...ours], 'accepted')
}

/** Milliseconds that a command takes, from its start to its end. */
export function commandMs(args: readonly string[]): number {
  const startMs = performance.now()
  execFileSync(process.execPath, args, { cwd: tmpdir(), stdio: 'ignore' })
  return performance.now() - startMs
}

/** Milliseconds from the start of a command until it says something; it is killed then. */
export async function untilSaidMs(args: readonly string[], wanted: string): Promise<number> {
  const startMs = performance.now()
  const child = spawn(process.execPath, args, { cwd: tmpdir(), stdio: ['pipe', 'pipe', 'pipe'] })
  try {
    return await new Promise<number>((resolve, reject) => {
      let said = ''
      const onText = (text: Buffer) => {
        said += text
        if (said.includes(wanted)) resolve(performance.now() - startMs)
      }
      child.stdout.on('data', onText)
      child.stderr.on('data', onText)
      child.on('exit', () => reject(new Error(`a process ended before it said '${wanted}': ${said}`)))
    })
  } finally {
    child.kill('SIGKILL')
  }
}
