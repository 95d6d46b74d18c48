import { departedMemoryMs, maxDepartedInstances, maxDepartedPerHost, maxDepartedPerRelay } from '../../core/limits.js'
import type { Departed } from './entry.js'

interface Left {
  service: string
  instanceId: string
  /** Names the peer whose share of the memory it takes up: the host, or the relay that told of it. */
  owner: string
  /** True when a relay told of it; false when it was seen to leave here. */
  isHearsay: boolean
  /** Milliseconds since 1970. */
  lastSeenMs: number
}

/**
 * Remembers instances that left, and until when they were there: bounded in time, in all, and for each owner, so that an owner that
 * binds and unbinds under ten thousand names does not push out what is remembered of others. Pure.
 */
export class DepartedMemory {
  /** By service and instance id; what was noted first comes first. */
  readonly #known = new Map<string, Left>()
  readonly #byOwner = new Map<string, Set<string>>()

  get(service: string, instanceId: string): number | undefined {
    return this.#known.get(keyOf(service, instanceId))?.lastSeenMs
  }

  /** Notes an instance that left. The newest word wins; hearsay replaces nothing that is known. */
  note(left: Left): void {
    const { service, instanceId, owner, isHearsay, lastSeenMs } = left
    const key = keyOf(service, instanceId)
    const known = this.#known.get(key)
    if (known !== undefined && (isHearsay || known.lastSeenMs >= lastSeenMs)) return
    this.#forget(key)
    const keys = this.#byOwner.get(owner) ?? new Set()
    this.#byOwner.set(owner, keys.add(key))
    this.#known.set(key, left)
    if (keys.size > (isHearsay ? maxDepartedPerRelay : maxDepartedPerHost))
      this.#forget(keys.values().next().value as string)
    for (const [oldest, each] of this.#known) {
      if (this.#known.size <= maxDepartedInstances && each.lastSeenMs > lastSeenMs - departedMemoryMs) break
      this.#forget(oldest)
    }
  }

  /** Forgets an instance that is there again. */
  forget(service: string, instanceId: string): void {
    this.#forget(keyOf(service, instanceId))
  }

  /** Returns those of which `fits` is true. */
  where(fits: (left: { service: string; instanceId: string }) => boolean): Departed[] {
    const found: Departed[] = []
    for (const left of this.#known.values()) {
      if (fits(left)) found.push({ instanceId: left.instanceId, lastSeenMs: left.lastSeenMs })
    }
    return found
  }

  #forget(key: string): void {
    const left = this.#known.get(key)
    if (left === undefined) return
    this.#known.delete(key)
    const keys = this.#byOwner.get(left.owner)
    keys?.delete(key)
    if (keys?.size === 0) this.#byOwner.delete(left.owner)
  }
}

const keyOf = (service: string, instanceId: string) => `${service}\0${instanceId}`
