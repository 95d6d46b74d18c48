// Starting a relay from a program. Nothing else of the folder is meant to be imported from outside.
import '../core/polyfill.js'
import { checkOptions, checkTexts } from '../core/arguments.js'
import type { Identity as LoadedIdentity } from '../identity/identity-file.js'
import { type Identity, resolveIdentity } from '../identity/public.js'
import { startRelay as start } from './relay.js'

export { type ErrorCode, isOverlayError, OverlayError } from '../core/errors.js'
export { type Identity, loadIdentity, parseIdentity } from '../identity/public.js'

export interface RelayOptions {
  /** Multiaddrs to listen on; default: the relay's own in the network document. */
  listen?: string[]
  /** Multiaddrs to tell others; default: those listened on. */
  announce?: string[]
}

/** A relay that runs in this process. */
export interface RunningRelay extends AsyncDisposable {
  readonly name: string
  readonly peerId: string
  /** Returns where others reach it: multiaddrs with its peer id. */
  addresses(): string[]
  /** Nodes with a directory link to it. */
  readonly links: number
  /** Ends the relay; what it carried goes on over other relays. */
  close(): Promise<void>
}

/**
 * Starts a relay for an identity: a path, a name in `./identities`, or a loaded one. Resolves when it takes connections. Rejects
 * with `identity_kind`, `port_in_use`, `bad_argument`, or as `loadIdentity` does. The caller ends it with `close()`.
 */
export async function startRelay(identity: string | Identity, given?: RelayOptions): Promise<RunningRelay> {
  const options = checkOptions('startRelay', given)
  if (options.listen !== undefined) checkTexts('listen', options.listen)
  if (options.announce !== undefined) checkTexts('announce', options.announce)
  const loaded = (await resolveIdentity(identity)) as LoadedIdentity
  const relay = await start(loaded, options)
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= relay.close()
    return closed
  }
  return {
    name: loaded.name,
    peerId: relay.peerId,
    addresses: () => relay.addresses(),
    get links() {
      return relay.links
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
