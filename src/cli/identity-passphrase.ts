import { OverlayError } from '../core/errors.js'
import { shownName } from '../core/text.js'
import { writeFileAtomic } from '../identity/atomic-file.js'
import { unlockIdentity } from '../identity/identity-file.js'
import { formatIdentity } from '../identity/identity-json.js'
import { readIdentityRecord } from '../identity/identity-lookup.js'
import { lockKey } from '../identity/locked-key.js'
import { identitiesIn } from './authority.js'
import { newPassphrase } from './passphrase.js'

interface PassphraseCommandFlags {
  dir: string
  remove?: boolean
  newPassphraseFd?: string
}

/** Carries out `identity passphrase`: locks the key in an identity's file, locks it anew, or writes it open. */
export async function changePassphrase(given: string, flags: PassphraseCommandFlags): Promise<void> {
  const { record, file } = await readIdentityRecord(given, { directory: identitiesIn(flags.dir) })
  const { name, lockedKey } = record
  if (flags.remove && lockedKey === undefined) {
    throw new OverlayError('bad_argument', `The key of ${shownName(name)} is not locked; nothing was changed.`)
  }
  const { privateKey } = await unlockIdentity({ ...record, certificate: undefined, network: undefined, path: file })
  const passphrase = flags.remove ? undefined : await newPassphrase(record, flags.newPassphraseFd)
  // The identity is read as it is now: a node may have put a newer certificate there while somebody was typing.
  const { record: newest } = await readIdentityRecord(file)
  const locked = passphrase === undefined ? undefined : await lockKey(privateKey, passphrase, newest)
  const changed = { ...newest, privateKey, lockedKey: locked }
  await writeFileAtomic(file, formatIdentity(changed), { mode: 0o600, replace: true })
  process.stdout.write(`${file}\n`)
  const done =
    locked === undefined ? 'is not locked any more' : lockedKey === undefined ? 'is locked' : 'is locked anew'
  const advice =
    locked === undefined
      ? 'whoever reads the file has it.'
      : 'without the passphrase it is lost. Copies of the file made before are as they were.'
  process.stderr.write(`The key of ${shownName(name)} ${done}: ${advice}\n`)
}
