import { departedMemoryMs, maxDepartedInstances } from '../core/limits.js'
import type { TerminatorRecord } from '../identity/terminator.js'
import type { SignedTerminator } from '../wire/messages/directory.js'
import { SortedKeys } from './sorted-keys.js'

/** One terminator as a relay knows it: what the host signed, the proof, and what the owner saw. */
export interface Entry {
  record: TerminatorRecord
  /** The certificate's name; shown by list. */
  identityName: string
  signed: SignedTerminator
  busy: boolean
  /** When the owner first took it; milliseconds since 1970. */
  sinceMs: number
}

/** One line of list: an instance, however many terminators it has. */
export interface Row {
  instanceId: string
  identityName: string
  peerId: string
  terminators: number
  sinceMs: number
  busy: boolean
}

export type Lookup =
  | { state: 'online'; entries: Entry[] }
  | { state: 'offline'; lastSeenMs: number }
  | { state: 'unknown' }

interface ServiceTable {
  instances: Map<string, Map<string, Entry>>
  order: SortedKeys
}

const keyOf = (record: { hostPeerId: string; relayPeerId: string }) => `${record.hostPeerId}/${record.relayPeerId}`

/**
 * The terminators a relay knows, by service and instance. Pure: no clock, no I/O. Every entry has one owner, the relay
 * it leads through, which is the only one to change it. Cost of put, remove, lookup and a page does not grow with size.
 */
export class DirectoryStore {
  private readonly services = new Map<string, ServiceTable>()
  private readonly byOwner = new Map<string, Map<string, Entry>>()
  /** Instances that left, oldest first: `service\0instanceId` → when. */
  private readonly departed = new Map<string, number>()
  private entryCount = 0

  /** `onChange` hears of every instance whose row appeared, changed or went. */
  constructor(private readonly onChange: (service: string, instanceId: string) => void = () => {}) {}

  get size(): number {
    return this.entryCount
  }

  /** Adds or replaces; an entry older than the one held (by the host's sequence) changes nothing and gives false. */
  put(entry: Entry): boolean {
    const { service, instanceId, relayPeerId } = entry.record
    const key = keyOf(entry.record)
    let table = this.services.get(service)
    if (table === undefined) {
      table = { instances: new Map(), order: new SortedKeys() }
      this.services.set(service, table)
    }
    let instance = table.instances.get(instanceId)
    const held = instance?.get(key)
    if (held !== undefined && held.record.sequence > entry.record.sequence) return false
    if (instance === undefined) {
      instance = new Map()
      table.instances.set(instanceId, instance)
      table.order.add(instanceId)
      this.departed.delete(departedKey(service, instanceId))
    }
    if (held === undefined) this.entryCount++
    else entry.sinceMs = held.sinceMs
    instance.set(key, entry)
    let owned = this.byOwner.get(relayPeerId)
    if (owned === undefined) {
      owned = new Map()
      this.byOwner.set(relayPeerId, owned)
    }
    owned.set(ownedKey(entry.record), entry)
    this.onChange(service, instanceId)
    return true
  }

  /** Removes one terminator. False when it was not there. */
  remove(
    record: { service: string; instanceId: string; hostPeerId: string; relayPeerId: string },
    nowMs: number,
  ): boolean {
    const { service, instanceId, relayPeerId } = record
    const table = this.services.get(service)
    const instance = table?.instances.get(instanceId)
    if (table === undefined || !instance?.delete(keyOf(record))) return false
    this.entryCount--
    const owned = this.byOwner.get(relayPeerId)
    owned?.delete(ownedKey(record))
    if (owned?.size === 0) this.byOwner.delete(relayPeerId)
    if (instance.size === 0) {
      table.instances.delete(instanceId)
      table.order.delete(instanceId)
      if (table.order.size === 0) this.services.delete(service)
      this.remember(service, instanceId, nowMs)
    }
    this.onChange(service, instanceId)
    return true
  }

  /** Removes everything this relay owns and gives what it was. */
  dropOwner(relayPeerId: string, nowMs: number): Entry[] {
    const entries = [...(this.byOwner.get(relayPeerId)?.values() ?? [])]
    for (const entry of entries) this.remove(entry.record, nowMs)
    return entries
  }

  owners(): string[] {
    return [...this.byOwner.keys()]
  }

  ownedBy(relayPeerId: string): Iterable<Entry> {
    return this.byOwner.get(relayPeerId)?.values() ?? []
  }

  /** The terminators of one instance, or when it was last seen. */
  lookup(service: string, instanceId: string): Lookup {
    const instance = this.services.get(service)?.instances.get(instanceId)
    if (instance !== undefined) return { state: 'online', entries: [...instance.values()] }
    const lastSeenMs = this.departed.get(departedKey(service, instanceId))
    return lastSeenMs === undefined ? { state: 'unknown' } : { state: 'offline', lastSeenMs }
  }

  /** Terminators of any instances of the service, at most `limit`. */
  any(service: string, limit: number): Entry[] {
    const found: Entry[] = []
    for (const instance of this.services.get(service)?.instances.values() ?? []) {
      for (const entry of instance.values()) {
        if (found.length >= limit) return found
        found.push(entry)
      }
    }
    return found
  }

  row(service: string, instanceId: string): Row | undefined {
    const instance = this.services.get(service)?.instances.get(instanceId)
    return instance && rowOf(instanceId, instance)
  }

  /** One page in the order of instance ids, after `cursor`. The answer's cursor is undefined on the last page. */
  list(service: string, cursor: string | undefined, limit: number): { rows: Row[]; cursor?: string } {
    const table = this.services.get(service)
    if (table === undefined) return { rows: [] }
    const page = table.order.after(cursor, limit + 1)
    const more = page.length > limit
    const rows = page.slice(0, limit).map((id) => rowOf(id, table.instances.get(id)!))
    return more ? { rows, cursor: page[limit - 1]! } : { rows }
  }

  /** Notes that an instance was here until `lastSeenMs`, when it is not here now; the newest word wins. */
  remember(service: string, instanceId: string, lastSeenMs: number): void {
    if (this.services.get(service)?.instances.has(instanceId)) return
    const key = departedKey(service, instanceId)
    const known = this.departed.get(key)
    if (known !== undefined && known >= lastSeenMs) return
    this.departed.delete(key)
    this.departed.set(key, lastSeenMs)
    for (const [oldest, when] of this.departed) {
      if (this.departed.size <= maxDepartedInstances && when > lastSeenMs - departedMemoryMs) break
      this.departed.delete(oldest)
    }
  }
}

function rowOf(instanceId: string, instance: Map<string, Entry>): Row {
  let oldest: Entry | undefined
  let busy = true
  for (const entry of instance.values()) {
    if (oldest === undefined || entry.sinceMs < oldest.sinceMs) oldest = entry
    busy &&= entry.busy
  }
  return {
    instanceId,
    identityName: oldest!.identityName,
    peerId: oldest!.record.hostPeerId,
    terminators: instance.size,
    sinceMs: oldest!.sinceMs,
    busy,
  }
}

const departedKey = (service: string, instanceId: string) => `${service}\0${instanceId}`
const ownedKey = (record: { service: string; instanceId: string; hostPeerId: string }) =>
  `${record.service}\0${record.instanceId}\0${record.hostPeerId}`
