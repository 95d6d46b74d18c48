// The public API. Nothing else of the package is meant to be imported.
import '../core/polyfill.js'

export { type Address, formatAddress, parseAddress } from '../core/address.js'
export { type ErrorCode, errorCodes, isOverlayError, OverlayError } from '../core/errors.js'
export { type Identity, loadIdentity } from '../identity/identity-file.js'
export { createContext } from './context.js'
export type {
  Connection,
  Context,
  ContextOptions,
  DialOptions,
  DirectoryEvent,
  IncomingDial,
  Instance,
  Listener,
  ListenOptions,
  ListOptions,
  ListPage,
  Party,
  PathChange,
  PathLost,
  PathState,
  Precedence,
  RelayState,
  TerminatorState,
} from './types.js'
