import type { Connection, Stream } from '@libp2p/interface'
import { OverlayError } from '../core/errors.js'
import { maxCertificateBytes } from '../core/limits.js'
import type { VerifiedCertificate } from '../identity/certificate.js'
import { helloStatus } from '../wire/hello-status.js'
import { HelloConfirm, Renewal } from '../wire/messages/hello.js'
import { renewalProtocol } from '../wire/protocols.js'
import { decode, refusal, statusOf } from './hello.js'
import { MessageIo } from './message-io.js'
import type { Trust } from './trust.js'

const maxRenewalBytes = maxCertificateBytes + 1024

/**
 * Shows the own, newer certificate on a connection that is open. Rejects when the other side doesn't take it, or knows no renewal.
 */
export async function showRenewed(connection: Connection, trust: Trust, signal: AbortSignal): Promise<void> {
  const stream = await connection.newStream(renewalProtocol, { signal, runOnLimitedConnection: true })
  const io = new MessageIo(stream, maxRenewalBytes)
  await io.write(Renewal.encode({ certificate: trust.own.envelope }))
  const { status, reason } = decode(HelloConfirm, await io.read(signal))
  await io.close()
  if (status !== helloStatus.ok) throw refusal(status, reason)
}

/**
 * Takes in a newer certificate of the peer at the other end: `before` is the one it has proved itself with. Rejects when it is not
 * good for use, or says another name: names are not changed by renewal.
 */
export async function takeRenewed(
  stream: Stream,
  before: VerifiedCertificate,
  trust: Trust,
  signal: AbortSignal,
): Promise<VerifiedCertificate> {
  const io = new MessageIo(stream, maxRenewalBytes)
  const answer = async (status: number, reason: string) => {
    await io.write(HelloConfirm.encode({ status, reason, document: new Uint8Array(0) }))
    await io.close()
  }
  try {
    const { certificate: envelope } = decode(Renewal, await io.read(signal))
    const certificate = await trust.verify(envelope, before.peerId)
    if (certificate.name !== before.name) {
      throw new OverlayError('certificate_invalid', `The certificate is for ${certificate.name}, not ${before.name}.`)
    }
    await answer(helloStatus.ok, '')
    return certificate
  } catch (error) {
    const { status, reason } = statusOf(error)
    await answer(status, reason).catch(() => {}) // it hung up
    throw error
  }
}
