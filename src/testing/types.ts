import type { Context, ContextOptions, Identity } from '../sdk/types.js'

/** A service of a test network; who may offer and who may call it are `#role`, `@name` or `#all`. */
export interface TestService {
  name: string
  /** Says who may offer the service; default `['#all']`. */
  bind?: string[]
  /** Says who may call it; default `['#all']`. */
  dial?: string[]
  /** Default `smartrouting`. */
  strategy?: 'smartrouting' | 'weighted' | 'random' | 'sticky'
  /** How many relays a host stands at; default 3. */
  maxTerminators?: number
}

export interface TestNetworkOptions {
  /** How many relays; default 1. They listen on free ports of this machine's loopback interface. */
  relays?: number
  /** Services by their names, or in full; default: one that is called `test`. */
  services?: Array<string | TestService>
}

export interface TestNetwork extends AsyncDisposable {
  /** Makes a certified identity of this name; `roles` default to none. */
  identity(name: string, options?: { roles?: string[] }): Promise<Identity>
  /** Opens a context of a new identity of this name, connected to a relay; closed with the network. Its sessions stay on relays unless `direct` is `auto`. */
  context(name: string, options?: ContextOptions & { roles?: string[] }): Promise<Context>
  /** Names of the relays that run: `relay1`, … */
  readonly relays: string[]
  /** Ends a relay, as a machine that is switched off would, and starts it again where it was. */
  stopRelay(name: string): Promise<void>
  startRelay(name: string): Promise<void>
  /** Publishes a document with these services instead of those before; the relays hand it to everyone who is online. */
  publish(services: Array<string | TestService>): Promise<void>
  /** Revokes the certificates of this name. */
  revoke(name: string): Promise<void>
  /** Ends the contexts and the relays. */
  close(): Promise<void>
}
