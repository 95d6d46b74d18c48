import { OverlayError, throwIfAborted } from '../core/errors.js'
import type { Identity as LoadedIdentity } from '../identity/identity-file.js'
import { openContext } from './context.js'
import { loadIdentity } from './identity.js'
import type { Context, ContextOptions, Identity } from './types.js'

/**
 * Opens a context for an identity: a path, a name in `./identities`, or a loaded identity. Resolves at once; relays are
 * connected in the background and tried for as long as the context lives (`ready()` waits for the first). Rejects with
 * `file_unreadable`, `identity_*` or `certificate_*`. The caller ends it with `close()`.
 */
export async function createContext(identity: string | Identity, options: ContextOptions = {}): Promise<Context> {
  throwIfAborted(options.signal, 'Opening a context')
  const loaded = typeof identity === 'string' ? await loadIdentity(identity) : identity
  if (!isLoaded(loaded)) {
    throw new OverlayError(
      'bad_argument',
      'An identity is a path, a name, or what loadIdentity or parseIdentity returns.',
    )
  }
  return openContext(loaded, options)
}

function isLoaded(identity: Identity): identity is Identity & LoadedIdentity {
  return typeof identity === 'object' && identity !== null && 'privateKey' in identity
}
