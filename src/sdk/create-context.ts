import { checkOptions, checkSignal } from '../core/arguments.js'
import { throwIfAborted } from '../core/errors.js'
import type { Identity as LoadedIdentity } from '../identity/identity-file.js'
import { resolveIdentity } from '../identity/public.js'
import { openContext } from './context.js'
import type { Context, ContextOptions, Identity } from './types.js'

/**
 * Opens a context for an identity: a path, a name in `./identities`, or a loaded identity. Resolves at once; relays are
 * connected in the background and tried for as long as the context lives (`ready()` waits for the first). Rejects with
 * `file_unreadable`, `identity_*` or `certificate_*`. The caller ends it with `close()`.
 */
export async function createContext(identity: string | Identity, given?: ContextOptions): Promise<Context> {
  const options = checkOptions('createContext', given)
  checkSignal(options.signal)
  throwIfAborted(options.signal, 'Opening a context')
  return openContext((await resolveIdentity(identity)) as LoadedIdentity, options)
}
