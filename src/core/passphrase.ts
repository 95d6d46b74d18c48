import { OverlayError } from './errors.js'
import { shownName } from './text.js'

/** Whose key is to be unlocked, for people. */
export interface PassphraseFor {
  readonly name: string
  readonly path?: string
}

/** Gives the passphrase of an identity; undefined when it has none to give. */
export type PassphraseSource = (identity: PassphraseFor) => Promise<string | undefined>

/** Where a passphrase is found that nobody is there to type. */
export const passphraseVariable = 'CHAT_P2P_PASSPHRASE'

/** What the environment says; it may be one for all. */
export const passphraseFromEnvironment: PassphraseSource = async () => process.env[passphraseVariable] || undefined

/** Of the process, as `--allow-exposed-identity` is: keys are unlocked in many places, each for the same person. */
let source = passphraseFromEnvironment

/** Sets whom to ask for passphrases from now on, the environment included: a program does so that has a terminal. */
export function askPassphrasesFrom(asked: PassphraseSource): void {
  source = asked
}

/** The passphrase of a locked identity. Throws `identity_locked` when nobody gives it. */
export async function passphraseOf(identity: PassphraseFor): Promise<string> {
  const passphrase = await source(identity)
  if (passphrase !== undefined) return passphrase
  throw new OverlayError(
    'identity_locked',
    `The key of ${shownName(identity.name)} is locked: give its passphrase at a terminal, in ${passphraseVariable}, or with --passphrase-fd.`,
    identity.path === undefined ? {} : { path: identity.path },
  )
}
