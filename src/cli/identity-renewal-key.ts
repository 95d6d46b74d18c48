import { existsSync } from 'node:fs'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { toHex } from '../core/bytes.js'
import { OverlayError } from '../core/errors.js'
import { shownJson, shownName } from '../core/text.js'
import { writeFileAtomic } from '../identity/atomic-file.js'
import { checkPattern, issueDelegation, maxUses } from '../identity/delegation.js'
import { authorityKeyOf, writeIdentityFile } from '../identity/identity-file.js'
import { formatRenewalKey } from '../identity/renewal-key.js'
import { type AuthorityPlace, inspectAuthority, withAuthority } from './authority.js'
import { readDuration, toNumber } from './flag-values.js'
import { programName, shellWord } from './program-name.js'

interface RenewalKeyFlags extends AuthorityPlace {
  names: string
  expires: string
  days: string
  list?: boolean
  json?: boolean
}

const dayMs = 24 * 3_600_000
/** Limits the days for which a certificate by a renewal key is valid: the authority says for how long somebody is a member. */
const maxDays = 366

/** Carries out `identity renewal-key`: it makes a standing key that renews certificates that exist. */
export async function makeRenewalKey(file: string, flags: RenewalKeyFlags): Promise<void> {
  if (flags.list) return listRenewalKeys(flags)
  const names = checkPattern(flags.names)
  const days = toNumber(flags.days)
  if (!(days >= 1 && days <= maxDays)) {
    throw new OverlayError('bad_argument', `--days takes a whole number from 1 to ${maxDays}, not '${flags.days}'.`)
  }
  if (existsSync(file)) {
    throw new OverlayError('file_exists', `${file} exists already; nothing was changed.`, { path: file })
  }
  const privateKey = await generateKeyPair('Ed25519')
  const serial = await withAuthority(flags, async (authority) => {
    const issuedAtMs = Date.now()
    const delegation = await issueDelegation(authorityKeyOf(authority), {
      peerId: peerIdFromPrivateKey(privateKey).toString(),
      purpose: 'renew',
      names,
      uses: maxUses,
      issuedAtMs,
      expiresAtMs: issuedAtMs + readDuration('--expires', flags.expires),
      validityMs: days * dayMs,
    })
    const { uses, roles, expiresAtMs } = delegation
    const serial = toHex(delegation.serial)
    // Remembered before anybody has it: a key that nobody can take back would stand for long.
    authority.invited.push({ purpose: 'renew', serial, names, roles, uses, issuedAtMs, expiresAtMs })
    await writeIdentityFile(authority.path, authority, { replace: true })
    await writeFileAtomic(file, formatRenewalKey({ privateKey, delegation }), { mode: 0o600 })
    return serial
  })
  process.stdout.write(`${file}\n`)
  const program = programName()
  process.stderr.write(
    `Whoever has this file can renew certificates of ${names === '*' ? 'all members' : shownName(names)} for ${flags.expires}, and nothing else. ` +
      `On a relay: ${program} relay --renewal-key ${shellWord(file)} …; to take it back: ${program} identity revoke ${serial}\n`,
  )
}

async function listRenewalKeys(flags: RenewalKeyFlags): Promise<void> {
  const authority = await inspectAuthority(flags)
  const { invited = [], network } = authority
  const nowMs = Date.now()
  const good = invited.filter(
    ({ purpose, serial, expiresAtMs }) =>
      purpose === 'renew' && expiresAtMs > nowMs && !network?.revokedSerials.has(serial),
  )
  if (flags.json) return void process.stdout.write(`${shownJson(good, 2)}\n`)
  for (const { serial, names, expiresAtMs } of good) {
    process.stdout.write(`${serial}  ${shownName(names)}  until ${new Date(expiresAtMs).toISOString().slice(0, 10)}\n`)
  }
  if (good.length === 0) process.stderr.write('There is no renewal key that is still good.\n')
}
