import { EventEmitter } from 'node:events'
import type { PeerId } from '@libp2p/interface'
import { anySignal } from '../core/abort.js'
import { backoffMs } from '../core/backoff.js'
import type { Clock } from '../core/clock.js'
import { asOverlayError, OverlayError } from '../core/errors.js'
import { pathAttemptTimeoutMs, relayRetryMaxMs, relayRetryMinMs } from '../core/limits.js'
import { relayRole } from '../identity/identity-file.js'
import { connectDirect } from '../net/circuit.js'
import type { Node } from '../net/node.js'
import type { Trust } from '../net/trust.js'
import type { WatchEvent } from '../wire/messages/directory.js'
import { DirectoryLink } from './link.js'

/** A relay of the network and how it is doing. */
export interface Relay {
  name: string
  peerId: string
  addresses: readonly string[]
  state: 'connecting' | 'up' | 'down'
  link?: DirectoryLink
  error?: OverlayError
}

interface Slot extends Relay {
  attempt: number
  cancelRetry: () => void
  stop: AbortController
}

interface PoolEvents {
  up: [Relay]
  down: [Relay]
  replaced: [{ service: string; instanceId: string; relay: Relay }]
  watch: [WatchEvent, Relay]
  warning: [unknown]
}

/**
 * Keeps a link to every relay of the network document, and goes on trying those that are down for as long as it lives:
 * killed, restarted, unreachable for hours or added while running.
 */
export class RelayPool extends EventEmitter<PoolEvents> {
  private readonly slots = new Map<string, Slot>()
  private closing = false

  constructor(
    private readonly node: Node,
    private readonly trust: Trust,
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {
    super()
  }

  start(): void {
    this.trust.on('network', (network) => {
      this.follow()
      // Whoever learns of a newer document tells its relays, so that it reaches everyone who is online.
      for (const relay of this.up()) relay.link?.pushDocument(network.envelope)
    })
    this.follow()
  }

  relays(): Relay[] {
    return [...this.slots.values()]
  }

  up(): Array<Relay & { link: DirectoryLink }> {
    return this.relays().filter((relay): relay is Relay & { link: DirectoryLink } => relay.state === 'up')
  }

  get(peerId: string): Relay | undefined {
    return this.slots.get(peerId)
  }

  /** A person's name for a relay: the one in the network document, or its peer id. */
  nameOf(peerId: string | PeerId): string {
    return this.slots.get(peerId.toString())?.name ?? peerId.toString()
  }

  /** Resolves when a relay is up, rejects with the signal's reason. */
  async ready(signal: AbortSignal): Promise<void> {
    if (this.up().length > 0) return
    signal.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      const onUp = () => {
        signal.removeEventListener('abort', onAbort)
        resolve()
      }
      const onAbort = () => {
        this.off('up', onUp)
        reject(signal.reason)
      }
      this.once('up', onUp)
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }

  async close(): Promise<void> {
    this.closing = true
    await Promise.all([...this.slots.values()].map((slot) => this.remove(slot)))
  }

  /** Slots follow the network document: relays come and go with it. */
  private follow(): void {
    const listed = new Map(this.trust.network.relays.map((relay) => [relay.peerId, relay]))
    listed.delete(this.node.libp2p.peerId.toString())
    for (const slot of this.slots.values()) if (!listed.has(slot.peerId)) void this.remove(slot)
    for (const relay of listed.values()) {
      const known = this.slots.get(relay.peerId)
      if (known !== undefined) {
        known.addresses = relay.multiaddrs
        known.name = relay.name
        continue
      }
      const slot: Slot = {
        name: relay.name,
        peerId: relay.peerId,
        addresses: relay.multiaddrs,
        state: 'connecting',
        attempt: 0,
        cancelRetry: () => {},
        stop: new AbortController(),
      }
      this.slots.set(relay.peerId, slot)
      void this.connect(slot)
    }
  }

  private async remove(slot: Slot): Promise<void> {
    this.slots.delete(slot.peerId)
    slot.cancelRetry()
    slot.stop.abort(new OverlayError('closed', 'The context was closed.'))
    const wasUp = slot.state === 'up'
    slot.state = 'down'
    if (wasUp && !this.closing) this.emit('down', slot)
    await slot.link?.close()
  }

  private async connect(slot: Slot): Promise<void> {
    const signal = anySignal(slot.stop.signal, AbortSignal.timeout(2 * pathAttemptTimeoutMs))
    try {
      const connection = await connectDirect(this.node, slot.peerId, slot.addresses, signal)
      const certificate = await this.node.gate.proved(connection)
      if (!certificate.roles.includes(relayRole)) {
        throw new OverlayError('refused', `${certificate.name} is listed as a relay but is not certified as one.`)
      }
      const link = await DirectoryLink.open(connection, this.clock, signal)
      if (slot.stop.signal.aborted) {
        await link.close()
        return
      }
      slot.link = link
      slot.attempt = 0
      slot.state = 'up'
      slot.error = undefined
      link.on('event', (event) => this.emit('watch', event, slot))
      link.on('replaced', (binding) => this.emit('replaced', { ...binding, relay: slot }))
      link.on('document', (document) => this.trust.adopt(document).catch((error) => this.emit('warning', error)))
      link.once('closed', (error) => this.onDown(slot, error))
      this.emit('up', slot)
    } catch (error) {
      this.onDown(slot, asOverlayError(error, 'unreachable', `Relay ${slot.name} at ${slot.addresses.join(', ')}`))
    }
  }

  private onDown(slot: Slot, error: OverlayError): void {
    if (slot.stop.signal.aborted) return
    const first = slot.state !== 'down'
    slot.state = 'down'
    slot.link = undefined
    slot.error = error
    if (first) this.emit('down', slot)
    const waitMs = backoffMs(slot.attempt++, relayRetryMinMs, relayRetryMaxMs, this.random)
    slot.cancelRetry = this.clock.after(waitMs, () => {
      void this.connect(slot)
    })
  }
}
