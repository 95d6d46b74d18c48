// This is the public API. Nothing else of the package is meant to be imported.
import '../core/polyfill.js'

export { type Address, formatAddress, parseAddress } from '../core/address.js'
export { type ErrorCode, errorCodes, isOverlayError, OverlayError, type OverlayErrorDetails } from '../core/errors.js'
export { FairShares, type NoPlace } from '../core/fair-shares.js'
export { type LoadIdentityOptions, loadIdentity, parseIdentity } from '../identity/public.js'
export { createContext } from './create-context.js'
export { createHttpAgent, type HttpAgentOptions } from './http-agent.js'
export type {
  Connection,
  ConnectionEvents,
  Context,
  ContextEvents,
  ContextOptions,
  DialOptions,
  DirectoryEvent,
  DirectState,
  Identity,
  IncomingDial,
  Instance,
  InstanceHost,
  Listener,
  ListenerEvents,
  ListenOptions,
  ListOptions,
  ListPage,
  Party,
  PathChange,
  PathKind,
  PathLost,
  PathState,
  Precedence,
  RelayState,
  ServiceState,
  TerminatorState,
} from './types.js'
