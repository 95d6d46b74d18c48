// What applications see of identities: nothing here, nor in what it imports for its types, names a type of libp2p.
import { checkOptions, checkText } from '../core/arguments.js'
import { OverlayError } from '../core/errors.js'
import * as files from './identity-file.js'

/**
 * Who somebody is, private key included: made by `loadIdentity` or `parseIdentity`, and handed to `createContext`. What it holds
 * beyond this is nobody else's business.
 */
export interface Identity {
  readonly name: string
  readonly kind: 'user' | 'relay' | 'authority'
  readonly peerId: { toString(): string }
  /** What the authority says of it; absent for the authority itself. Dates are ms since 1970. */
  readonly certificate?: {
    readonly roles: readonly string[]
    readonly issuedAtMs: number
    readonly expiresAtMs: number
  }
  /** Where it was loaded from; newer network documents are kept beside it. Undefined for one from memory. */
  readonly path?: string
}

export interface LoadIdentityOptions {
  /** Where names are looked up; default `./identities`. */
  directory?: string
  /** Anything else is refused with `identity_kind`. */
  expectKind?: Identity['kind']
  /** Of an identity whose key is locked; default: `CHAT_P2P_PASSPHRASE` of the environment. */
  passphrase?: string
}

/**
 * Loads an identity and checks all of it. `pathOrName` is a path when it holds a slash; `user1.json` is looked up here, then
 * in the folder of identities; `user1` only there. Rejects with `file_unreadable`, `identity_exposed`, `identity_damaged`,
 * `identity_kind`, `identity_locked` or `certificate_*`.
 */
export async function loadIdentity(pathOrName: string, options?: LoadIdentityOptions): Promise<Identity> {
  checkText('An identity', pathOrName)
  return files.loadIdentity(pathOrName, checkOptions('loadIdentity', options))
}

/**
 * The same for the text of an identity file that comes from elsewhere: an environment variable, a secret store. Nothing is
 * written: a network document that is newer than the one in it is known for as long as the process runs. Rejects with
 * `identity_damaged`, `identity_locked` or `certificate_*`.
 */
export async function parseIdentity(text: string, options?: { passphrase?: string }): Promise<Identity> {
  checkText('An identity file', text)
  return files.openIdentity(text, checkOptions('parseIdentity', options))
}

/** The loaded identity behind a path, a name or what applications hold. Rejects as {@link loadIdentity}, or with `bad_argument`. */
export async function resolveIdentity(identity: string | Identity): Promise<Identity> {
  const loaded = typeof identity === 'string' ? await loadIdentity(identity) : identity
  if (typeof loaded === 'object' && loaded !== null && 'privateKey' in loaded) return loaded
  throw new OverlayError(
    'bad_argument',
    'An identity is a path, a name, or what loadIdentity or parseIdentity returns.',
  )
}
