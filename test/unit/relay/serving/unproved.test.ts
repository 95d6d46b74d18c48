import { expect, test } from 'vitest'
import { DirectoryClient } from '../../../../src/directory/client.js'
import type { VerifiedCertificate } from '../../../../src/identity/certificate.js'
import { directoryStatus } from '../../../../src/wire/directory-status.js'
import type { SignedTerminator } from '../../../../src/wire/messages/directory.js'
import { ManualClock } from '../../../support/directory.js'
import {
  certificateOf,
  chat,
  dayMs,
  issuedAtMs,
  networkId,
  signedTerminator,
  user1,
  user2,
} from '../../identity/fixtures.js'

const signed = (host: VerifiedCertificate, key = user2, instanceId = 'user2') =>
  signedTerminator(key, host, { instanceId })

/** A member that hears this from its only relay. */
function client(terminators: SignedTerminator[]) {
  const answer = { status: directoryStatus.ok, terminators, lastSeenMs: 0, partial: false }
  const pool = { up: () => [{ link: { lookup: async () => answer } }] }
  const network = { networkId, revokedSerials: new Set(), services: new Map([[chat.name, chat]]) }
  return new DirectoryClient(pool as never, { network } as never, new ManualClock(issuedAtMs + 30 * dayMs))
}

test('a bound host whose certificate has expired is not "unknown": the lookup says what is wrong', async () => {
  const expired = await signed(await certificateOf('user2', user2, { expiresAtMs: issuedAtMs + dayMs }))
  await expect(client([expired]).lookup(chat.name, 'user2')).rejects.toMatchObject({
    code: 'certificate_expired',
    message: expect.stringMatching(/^'user2' cannot be called: The certificate of user2 expired on 2025-01-02/),
    details: { service: chat.name, instanceId: 'user2' },
  })
  await expect(client([expired]).lookup(chat.name, '')).rejects.toMatchObject({
    code: 'certificate_expired',
    message: expect.stringMatching(/^All who offer 'chat-p2p' cannot be called: /),
  })
})

test('a host that may not offer the instance is named as well; what is forged is blamed on the relay', async () => {
  const guest = await signed(await certificateOf('user2', user2, { roles: ['guest'] }))
  await expect(client([guest]).lookup(chat.name, 'user2')).rejects.toMatchObject({
    code: 'certificate_invalid',
    message: "'user2' cannot be called: The certificate of user2 does not let it offer 'user2' on 'chat-p2p'.",
  })
  const garbage = { terminator: new Uint8Array([1]), certificate: new Uint8Array([2]) }
  await expect(client([garbage]).lookup(chat.name, 'user2')).rejects.toMatchObject({
    code: 'protocol_error',
    message: expect.stringMatching(/forged/),
  })
})

test('one that is wrong does not hide another that is right; nor does a foreign one count as an answer', async () => {
  const right = await signed(await certificateOf('user2', user2))
  const wrong = await signed(await certificateOf('user1', user1, { expiresAtMs: issuedAtMs + dayMs }), user1)
  expect(await client([wrong, right]).lookup(chat.name, 'user2')).toHaveLength(1)
  const other = await signed(await certificateOf('user1', user1), user1, 'user1')
  await expect(client([other]).lookup(chat.name, 'user2')).rejects.toMatchObject({ code: 'unknown_instance' })
})
