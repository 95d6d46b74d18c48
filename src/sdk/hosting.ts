import { checkInstanceId } from '../core/address.js'
import { OverlayError } from '../core/errors.js'
import { defaultConnectTimeoutMs } from '../core/limits.js'
import { mayBind } from '../identity/policy.js'
import type { Shared } from './context.js'
import { checkCost, HostListener } from './listener.js'
import type { Listener, ListenOptions } from './types.js'

/** All that this identity offers: its listeners, and the paths that dialers open to them. */
export class Hosting {
  private readonly listeners = new Map<string, HostListener>()

  constructor(private readonly shared: Shared) {}

  async start(): Promise<void> {
    this.shared.pool.on('replaced', ({ service, instanceId, relay }) => {
      this.listeners.get(keyOf(service, instanceId))?.replaced(relay.peerId)
    })
  }

  listen(service: string, options: ListenOptions): Listener {
    const { trust } = this.shared
    const definition = trust.network.services.get(service)
    if (definition === undefined) {
      throw new OverlayError('unknown_service', `The network has no service '${service}'.`, { service })
    }
    const instanceId = checkInstanceId(options.instanceId ?? trust.own.name)
    if (!mayBind(definition, trust.own, instanceId)) {
      throw new OverlayError(
        'not_permitted',
        `${trust.own.name} may not bind '${instanceId}' on service '${service}'.`,
        {
          service,
          instanceId,
        },
      )
    }
    const key = keyOf(service, instanceId)
    if (this.listeners.has(key)) {
      throw new OverlayError('bad_argument', `This context listens as '${instanceId}' on '${service}' already.`)
    }
    const maxTerminators = options.maxTerminators ?? definition.maxTerminators
    if (!Number.isInteger(maxTerminators) || maxTerminators < 1) {
      throw new OverlayError('bad_argument', `maxTerminators is a whole number from 1, not ${maxTerminators}.`)
    }
    const connectTimeout = options.connectTimeout ?? defaultConnectTimeoutMs
    if (!(connectTimeout > 0)) throw new OverlayError('bad_argument', 'connectTimeout is a number of ms above 0.')
    const listener = new HostListener(
      service,
      {
        instanceId,
        maxTerminators,
        connectTimeout,
        cost: checkCost(options.cost ?? 0),
        precedence: options.precedence ?? 'default',
      },
      this.shared,
      () => this.listeners.delete(key),
    )
    this.listeners.set(key, listener)
    options.signal?.addEventListener('abort', () => void listener.close(), { once: true })
    listener.start()
    return listener
  }

  async close(): Promise<void> {
    await Promise.all([...this.listeners.values()].map((listener) => listener.close()))
  }
}

const keyOf = (service: string, instanceId: string) => `${service}\0${instanceId}`
