import type { Connection, Stream } from '@libp2p/interface'
import { equalBytes, fromHex } from '../core/bytes.js'
import { asOverlayError, type ErrorCode, errorText, isOverlayError, OverlayError } from '../core/errors.js'
import { maxCertificateBytes, maxNetworkDocumentBytes, maxReasonBytes } from '../core/limits.js'
import { truncateUtf8 } from '../core/text.js'
import type { VerifiedCertificate } from '../identity/certificate.js'
import { helloStatus } from '../wire/hello-status.js'
import { HelloConfirm, HelloRequest, HelloResponse } from '../wire/messages/hello.js'
import { helloProtocol } from '../wire/protocols.js'
import { MessageIo } from './message-io.js'
import type { Trust } from './trust.js'

const statusOfCode: Partial<Record<ErrorCode, number>> = {
  certificate_foreign: helloStatus.foreign,
  certificate_expired: helloStatus.expired,
  certificate_revoked: helloStatus.revoked,
  certificate_peer: helloStatus.wrongPeer,
}

const refusalLingerMs = 1_000
export const maxHelloBytes = maxCertificateBytes + maxNetworkDocumentBytes + 1024
/** What a stranger may say: it has no document in it. */
export const maxHelloRequestBytes = maxCertificateBytes + 1024

/** Holds what a node says of itself. */
export interface Self {
  trust: Trust
  /** Bits of {@link helloFeatures}. */
  features: number
  /** Returns why a member who connects is not let in although its certificate is good; undefined when it is let in. */
  admit?(certificate: VerifiedCertificate): OverlayError | undefined
}

/** Holds what a node has heard of the other side. */
export interface Proved {
  certificate: VerifiedCertificate
  features: number
}

/** Says hello on the side that opened the connection, which speaks first. Resolves with the other side's proved certificate. */
export async function helloAsInitiator(
  connection: Connection,
  { trust, features }: Self,
  signal: AbortSignal,
): Promise<Proved> {
  const stream = await connection.newStream(helloProtocol, { signal, runOnLimitedConnection: true })
  const io = new MessageIo(stream, maxHelloBytes)
  await io.write(HelloRequest.encode({ certificate: trust.own.envelope, ...standing(trust), features }))
  const response = decode(HelloResponse, await io.read(signal))
  // Before theirs is taken in: of two documents of one revision ours may be the one that counts no more, and they have to hear of
  // it.
  const ours = documentFor(trust, response)
  if (response.renewal.byteLength > 0) await trust.takeRenewal(response.renewal)
  if (response.document.byteLength > 0) await trust.adopt(response.document)
  if (response.status !== helloStatus.ok) throw refusal(response.status, response.reason)
  let certificate: VerifiedCertificate
  try {
    certificate = await trust.verify(response.certificate, connection.remotePeer.toString())
  } catch (error) {
    await io.write(
      HelloConfirm.encode({ ...statusOf(error), document: await proofOf(error, trust, response.certificate) }),
    )
    await untilRead(io)
    throw error
  }
  await io.write(HelloConfirm.encode({ status: helloStatus.ok, reason: '', document: ours }))
  await io.close()
  return { certificate, features: response.features }
}

/** Says hello on the side that accepted the connection. Resolves with the other side's proved certificate. */
export async function helloAsResponder(
  stream: Stream,
  connection: Connection,
  { trust, features, admit }: Self,
  signal: AbortSignal,
): Promise<Proved> {
  const io = new MessageIo(stream, maxHelloBytes, maxHelloRequestBytes)
  const request = decode(HelloRequest, await io.read(signal))
  let certificate: VerifiedCertificate
  try {
    certificate = await trust.verify(request.certificate, connection.remotePeer.toString())
    const refused = admit?.(certificate)
    if (refused !== undefined) throw refused
  } catch (error) {
    const document = await proofOf(error, trust, request.certificate)
    const renewal = await renewalFor(error, trust, request.certificate)
    await io.write(HelloResponse.encode({ ...refusedHello, ...statusOf(error), document, renewal }))
    await untilRead(io)
    throw error
  }
  io.readUpTo(maxHelloBytes)
  const document = documentFor(trust, request)
  await io.write(
    HelloResponse.encode({
      status: helloStatus.ok,
      reason: '',
      certificate: trust.own.envelope,
      ...standing(trust),
      features,
      document,
      awaitsConfirm: false,
      renewal: nothing,
    }),
  )
  const confirm = decode(HelloConfirm, await io.read(signal))
  if (confirm.document.byteLength > 0) await trust.adopt(confirm.document)
  if (confirm.status !== helloStatus.ok) throw refusal(confirm.status, confirm.reason)
  // The newer document may revoke the very certificate that brought it.
  if (confirm.document.byteLength > 0) {
    certificate = await trust.verify(request.certificate, connection.remotePeer.toString())
  }
  await io.close()
  return { certificate, features: request.features }
}

const nothing = new Uint8Array(0)
/** Holds what a refusal says besides its status. */
export const refusedHello = {
  certificate: nothing,
  revision: 0,
  digest: nothing,
  features: 0,
  rotations: 0,
  awaitsConfirm: false,
  renewal: nothing,
}

/** Says which network document we go by. */
export function standing({ network }: Trust): Standing {
  return { rotations: rotationsOf(network), revision: network.revision, digest: fromHex(network.digest) }
}

interface Standing {
  rotations: number
  revision: number
  digest: Uint8Array<ArrayBuffer>
}

const rotationsOf = ({ authorities }: Trust['network']) => authorities.length - 1

/**
 * Returns our document when the other side has an older one, or another one of the same revision: then both sides hear of both.
 * Otherwise it is empty.
 */
export function documentFor(
  { network }: Trust,
  theirs: Omit<Standing, 'digest'> & { digest: Uint8Array },
): Uint8Array<ArrayBuffer> {
  const ahead = compare(network, theirs)
  return ahead > 0 || (ahead === 0 && isOther(theirs.digest, network)) ? network.envelope : nothing
}

/** Compares by the authority's key, then by revision: returns above 0 when ours is the newer one. */
function compare(network: Trust['network'], { rotations, revision }: Omit<Standing, 'digest'>): number {
  return rotationsOf(network) - rotations || network.revision - revision
}

function isOther(digest: Uint8Array, network: Trust['network']): boolean {
  return digest.byteLength > 0 && !equalBytes(digest, fromHex(network.digest))
}

/** Returns true when the other side has a document to hand over. */
export function knowsMore(theirs: Omit<Standing, 'digest'> & { digest: Uint8Array }, { network }: Trust): boolean {
  const ahead = compare(network, theirs)
  return ahead < 0 || (ahead === 0 && isOther(theirs.digest, network))
}

export function decode<T>(message: { decode(bytes: Uint8Array): T }, bytes: Uint8Array): T {
  try {
    return message.decode(bytes)
  } catch (error) {
    throw asOverlayError(error, 'protocol_error', 'A hello could not be read')
  }
}

/** Gives the other side a moment to read why it was refused, before the connection ends. */
async function untilRead(io: MessageIo): Promise<void> {
  await io.read(AbortSignal.timeout(refusalLingerMs)).catch(() => {}) // its end, or its hanging up, is what we wait for
}

export function statusOf(error: unknown): { status: number; reason: string } {
  const code = error instanceof OverlayError ? error.code : 'refused'
  return { status: statusOfCode[code] ?? helloStatus.refused, reason: truncateUtf8(errorText(error), maxReasonBytes) }
}

/**
 * Returns the document that goes with a refusal of a revoked certificate, so that its owner does not have to take our word for it;
 * empty for other refusals.
 */
export async function proofOf(error: unknown, trust: Trust, certificate: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return isOverlayError(error, 'certificate_revoked') ? await trust.proofAgainst(certificate) : nothing
}

/**
 * Returns the newer certificate that goes with a refusal, as the owner of one that is over can't ask for it; empty when there is
 * none.
 */
async function renewalFor(error: unknown, trust: Trust, certificate: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const mends = isOverlayError(error, 'certificate_expired') || isOverlayError(error, 'certificate_revoked')
  return (mends ? await trust.renewalFor(certificate) : undefined) ?? nothing
}

export function refusal(status: number, reason: string): OverlayError {
  const why = reason === '' ? `status ${status}` : reason
  return new OverlayError('refused', `The other side refused our certificate: ${why}`, { reason })
}
