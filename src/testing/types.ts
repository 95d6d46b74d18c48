import type { Context, ContextOptions, Identity } from '../sdk/types.js'

/** A service of a test network; who may offer and who may call it are `#role`, `@name` or `#all`. */
export interface TestService {
  name: string
  /** Default `['#all']`. */
  bind?: string[]
  /** Default `['#all']`. */
  dial?: string[]
  /** Default `smartrouting`. */
  strategy?: 'smartrouting' | 'weighted' | 'random' | 'sticky'
  /** Default 3. */
  maxTerminators?: number
}

export interface TestNetworkOptions {
  /** How many relays; default 1. They listen on free ports of this machine's loopback interface. */
  relays?: number
  /** Names, or all of it; default one that is called `test`. */
  services?: Array<string | TestService>
}

export interface TestNetwork extends AsyncDisposable {
  /** A certified identity of this name; roles default to none. */
  identity(name: string, options?: { roles?: string[] }): Promise<Identity>
  /** A context of a new identity of this name, connected to a relay. It is closed with the network. */
  context(name: string, options?: ContextOptions & { roles?: string[] }): Promise<Context>
  /** Names of the relays that run: `relay1`, … */
  readonly relays: string[]
  /** Ends a relay, as a machine that is switched off would, and starts it again where it was. */
  stopRelay(name: string): Promise<void>
  startRelay(name: string): Promise<void>
  /** Everyone who is online has these services from now on, instead of those before. */
  publish(services: Array<string | TestService>): Promise<void>
  /** The certificates of this name are no longer good for anything. */
  revoke(name: string): Promise<void>
  /** Ends the contexts and the relays. */
  close(): Promise<void>
}
