import * as files from '../identity/identity-file.js'
import type { Identity } from './types.js'

export interface LoadIdentityOptions {
  /** Where names are looked up; default `./identities`. */
  directory?: string
  /** Anything else is refused with `identity_kind`. */
  expectKind?: Identity['kind']
}

/**
 * Loads an identity and checks all of it. `pathOrName` is a path when it holds a slash; `user1.json` is looked up here, then
 * in the folder of identities; `user1` only there. Rejects with `file_unreadable`, `identity_exposed`, `identity_damaged`,
 * `identity_kind` or `certificate_*`.
 */
export function loadIdentity(pathOrName: string, options: LoadIdentityOptions = {}): Promise<Identity> {
  return files.loadIdentity(pathOrName, options)
}

/**
 * The same for the text of an identity file that comes from elsewhere: an environment variable, a secret store. Nothing is
 * written: a network document that is newer than the one in it is known for as long as the process runs. Rejects with
 * `identity_damaged` or `certificate_*`.
 */
export function parseIdentity(text: string): Promise<Identity> {
  return files.openIdentity(text)
}
