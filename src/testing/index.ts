// A network of its own for tests of applications: authority, relays and identities, all in this process.
import '../core/polyfill.js'
import { checkOptions } from '../core/arguments.js'
import { TestNetworkRun } from './test-network.js'
import type { TestNetwork, TestNetworkOptions } from './types.js'

export { type ErrorCode, isOverlayError, OverlayError } from '../core/errors.js'
export type { Context, ContextOptions, Identity } from '../sdk/types.js'
export type { TestNetwork, TestNetworkOptions, TestService } from './types.js'

/** Starts a network of its own. Resolves when its relays take connections; the caller ends it with `close()`. */
export async function startTestNetwork(options?: TestNetworkOptions): Promise<TestNetwork> {
  return TestNetworkRun.start(checkOptions('startTestNetwork', options))
}
