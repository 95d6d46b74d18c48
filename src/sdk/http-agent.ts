import { Agent, type AgentOptions, type ClientRequestArgs } from 'node:http'
import type { Duplex } from 'node:stream'
import { anySignal } from '../core/abort.js'
import { checkOptions } from '../core/arguments.js'
import { OverlayError } from '../core/errors.js'
import { DialingDuplex } from './dialing-duplex.js'
import type { Context, DialOptions } from './types.js'

export interface HttpAgentOptions extends AgentOptions {
  /** Options of every dial. */
  dial?: Pick<DialOptions, 'connectTimeout' | 'appData' | 'signal'>
}

/**
 * Makes an agent for `node:http` that dials by name: `http://web1.web/` asks instance `web1` of service `web`, and `http://web/`
 * the instance that the service's strategy chooses. What follows the last dot is the service. (In a URL names are in lower case;
 * give others as `host` in the request's options.) A dial that fails is the request's error, an OverlayError; a
 * request that is destroyed gives its dial up. `agent.destroy()` ends what it keeps alive; the context stays the caller's.
 */
export function createHttpAgent(context: Context, options?: HttpAgentOptions): Agent {
  const { dial, ...rest } = checkOptions<HttpAgentOptions>('createHttpAgent', options)
  return new OverlayAgent(context, rest, checkOptions('dial', dial))
}

class OverlayAgent extends Agent {
  readonly #context: Context
  readonly #dial: DialOptions

  constructor(context: Context, options: AgentOptions, dial: DialOptions) {
    super(options)
    this.#context = context
    this.#dial = dial
  }

  override createConnection({ host, timeout }: ClientRequestArgs): Duplex {
    const stream = new DialingDuplex(async (givenUp) => {
      const { service, instanceId } = addressOf(host ?? '')
      const whom = instanceId === undefined ? {} : { instanceId }
      const signal = anySignal(this.#dial.signal, givenUp)
      return this.#context.dial(service, { ...this.#dial, ...whom, signal })
    })
    return timeout ? stream.setTimeout(timeout) : stream
  }
}

/** Splits `instance.service` at the last dot; without one it is the service alone. */
function addressOf(host: string): { service: string; instanceId?: string } {
  const dot = host.lastIndexOf('.')
  const service = host.slice(dot + 1)
  if (service === '' || dot === 0) {
    throw new OverlayError('bad_name', `'${host}' names no instance: the form is http://instance.service/.`)
  }
  return dot < 0 ? { service } : { service, instanceId: host.slice(0, dot) }
}
