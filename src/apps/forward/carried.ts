import { errorText, isOverlayError } from '../../core/errors.js'
import { escapeControls } from '../../core/text.js'
import type { Connection, PathKind } from '../../sdk/index.js'

/** Called with what happens, one line each; names from elsewhere are not escaped. */
export type ForwardLog = (level: 'INFO' | 'WARNING', text: string) => void

/** Remembers the relays that have carried a connection so far: `relay2, relay1 (3 changes)`, in the order of their first turn. */
export class PathTrail {
  readonly #labels = new Set<string>()
  #changes = 0

  constructor(connection: Connection) {
    const active = connection.paths().find(({ role }) => role === 'active')
    if (active !== undefined) this.#labels.add(pathName(active.relay, active.kind))
    connection.on('path:changed', ({ from, to, kind }) => {
      if (from !== undefined && from !== to) this.#changes++
      this.#labels.add(pathName(to, kind))
    })
  }

  toString(): string {
    if (this.#labels.size === 0) return 'no path'
    const names = [...this.#labels].join(', ')
    return this.#changes < 2 ? names : `${names} (${this.#changes} changes)`
  }
}

/** Logs what a person wants to know of a connection while it lasts. */
export function logPaths(connection: Connection, name: string, log: ForwardLog): void {
  connection.on('path:changed', ({ from, to, kind, gapMs }) => {
    if (from === undefined || from === to) return
    const where = `${pathName(to, kind)}${endsOf(connection, to)}`
    log('INFO', `${name} moved from ${from} to ${where}, nothing arrived for ${formatDuration(gapMs)}`)
  })
  connection.on('direct', ({ state, why }) => {
    if (state === 'relayed') log('INFO', `${name} stays on relays for now: ${why}`)
  })
  connection.on('interrupted', ({ graceMs }) => {
    log('WARNING', `${name} has no path at the moment; it is kept for ${formatDuration(graceMs)}`)
  })
  connection.on('resumed', () => log('INFO', `${name} goes on`))
}

/** Names what carries a connection: `relay1`, `direct`, or `relay1 (circuit)` where the two sides could not have the faster kind. */
const pathName = (label: string, kind: PathKind): string => (kind === 'circuit' ? `${label} (circuit)` : label)

/** Returns the two ends of a direct path, as ` (192.0.2.1:4001 – 198.51.100.7:50123)`. */
function endsOf(connection: Connection, label: string): string {
  const { addresses } = connection.paths().find(({ relay }) => relay === label) ?? {}
  return addresses === undefined ? '' : ` (${addresses.local} – ${addresses.remote})`
}

export interface Ended {
  /** Bytes each way, as counted here. */
  received: number
  sent: number
  durationMs: number
  trail: PathTrail
  /** Why it ended otherwise than by both sides closing it. */
  error?: unknown
}

/** Describes what one connection was: `ended in order: received 1.3 KiB, sent 12 MiB, 12.3 s, via relay1`. */
export function describeEnd({ received, sent, durationMs, trail, error }: Ended): string {
  const how = error === undefined ? 'ended' : `broke off (${describeFailure(error)})`
  return `${how}: received ${formatBytes(received)}, sent ${formatBytes(sent)}, ${formatDuration(durationMs)}, via ${trail}`
}

/** Describes an error, with the other side's reason when it gave one that the message does not repeat. */
export function describeFailure(error: unknown): string {
  const text = errorText(error)
  const reason = isOverlayError(error) ? error.details.reason : undefined
  const isSaid = !reason || text.includes(reason) || text.includes(escapeControls(reason))
  return isSaid ? text : `${text} Reason: ${reason}`
}

/** Formats a number of bytes in three digits, which are enough for a person: `999 B`, `1.5 KiB`, `12.3 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let unit = 0
  let amount = bytes
  while (amount >= 1023.5 && unit < units.length - 1) {
    amount /= 1024
    unit++
  }
  return `${unit === 0 ? amount : digits(amount)} ${units[unit]}`
}

/** Formats a duration: `12 ms`, `1.23 s`, `4 min 5 s`, `3 h 12 min`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${digits(ms / 1000)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

function digits(amount: number): string {
  return amount.toFixed(amount < 9.995 ? 2 : amount < 99.95 ? 1 : 0)
}
