import { asOverlayError, OverlayError } from '../core/errors.js'
import { helloTimeoutMs, maxSessionFrameBytes } from '../core/limits.js'
import type { VerifiedCertificate } from '../identity/certificate.js'
import { helloFeatures, helloStatus } from '../wire/hello-status.js'
import { withLength } from '../wire/length-prefix.js'
import { HelloConfirm, HelloRequest, HelloResponse } from '../wire/messages/hello.js'
import { CarrierMessages } from './carrier-messages.js'
import { DialedCarrier, type HostHello } from './dialed-carrier.js'
import {
  decode,
  documentFor,
  knowsMore,
  maxHelloBytes,
  maxHelloRequestBytes,
  proofOf,
  refusal,
  refusedHello,
  standing,
  statusOf,
} from './hello.js'
import { TlsCarrier } from './tls-carrier.js'
import type { SecuredSocket } from './tls-endpoint.js'
import type { Trust } from './trust.js'

// The hello of a path on a TLS socket, packed into its first flight: `HelloRequest`, first frame → `HelloResponse`, frames; and
// when the response says so, `HelloConfirm` before anything else. The host acts on the first frame when it has checked the
// certificate.

/** Bits for what this side of a path can do; unknown bits of the other side are ignored. */
const ownFeatures = helloFeatures.carriesAgain

const refusalLingerMs = 1_000

/** A path that a peer opened who has proved who it is. */
export interface ProvedCarrier {
  carrier: TlsCarrier
  certificate: VerifiedCertificate
}

/**
 * Says hello as the dialer to a host whose peer id the TLS handshake has proved. Returns at once; until the host has answered,
 * frames wait, and when it does not prove its membership `closed` tells the reader why. `onProved` is called before anything is
 * handed over.
 */
export function helloAsDialer(
  { socket, peerId }: SecuredSocket,
  trust: Trust,
  onProved: (carrier: TlsCarrier, certificate: VerifiedCertificate) => void,
): DialedCarrier {
  const carrier = new TlsCarrier(socket)
  const messages = new CarrierMessages(carrier)
  const cancel = failLate(messages, carrier)
  const say = (confirm: Uint8Array) => void socket.write(confirm)
  const answered = dialerHello(messages, peerId, trust, (certificate) => onProved(carrier, certificate), say)
    .catch((error) => {
      const reason = asOverlayError(error, 'refused', 'The hello failed')
      lingering(carrier, socket, reason)
      throw reason
    })
    .finally(cancel)
  const request = HelloRequest.encode({ certificate: trust.own.envelope, ...standing(trust), features: ownFeatures })
  return new DialedCarrier(carrier, { request: withLength(request), answered })
}

async function dialerHello(
  messages: CarrierMessages,
  peerId: string,
  trust: Trust,
  onProved: (certificate: VerifiedCertificate) => void,
  say: (last: Uint8Array) => void,
): Promise<HostHello> {
  const response = decode(HelloResponse, await messages.read(maxHelloBytes))
  // Before theirs is taken in, after which ours may be of no more use.
  const document = documentFor(trust, response)
  if (response.document.byteLength > 0) await trust.adopt(response.document)
  if (response.status !== helloStatus.ok) throw refusal(response.status, response.reason)
  try {
    onProved(await trust.verify(response.certificate, peerId))
  } catch (error) {
    const proof = await proofOf(error, trust, response.certificate)
    if (response.awaitsConfirm) say(withLength(HelloConfirm.encode({ ...statusOf(error), document: proof })))
    throw error
  }
  messages.stop()
  const carriesAgain = (response.features & helloFeatures.carriesAgain) !== 0
  if (!response.awaitsConfirm) return { confirm: new Uint8Array(0), carriesAgain }
  return { confirm: withLength(HelloConfirm.encode({ status: helloStatus.ok, reason: '', document })), carriesAgain }
}

/** Says hello as the host. Rejects when the dialer did not prove who it is; it has been told why, and the socket is closed then. */
export async function helloAsHost({ socket, peerId }: SecuredSocket, trust: Trust): Promise<ProvedCarrier> {
  const carrier = new TlsCarrier(socket)
  const messages = new CarrierMessages(carrier)
  const cancel = failLate(messages, carrier)
  const answer = (response: HelloResponse) => socket.write(withLength(HelloResponse.encode(response)))
  try {
    const request = decode(HelloRequest, await messages.read(maxHelloRequestBytes))
    let certificate: VerifiedCertificate
    try {
      certificate = await trust.verify(request.certificate, peerId)
    } catch (error) {
      answer({ ...refusedHello, ...statusOf(error), document: await proofOf(error, trust, request.certificate) })
      throw error
    }
    // The dialer's document may revoke the very certificate that comes with it.
    const awaitsConfirm = knowsMore(request, trust)
    answer({
      status: helloStatus.ok,
      reason: '',
      certificate: trust.own.envelope,
      ...standing(trust),
      document: documentFor(trust, request),
      awaitsConfirm,
      features: ownFeatures,
      renewal: new Uint8Array(0),
    })
    if (awaitsConfirm) {
      const first = await messages.readRaw(maxSessionFrameBytes)
      const confirm = decode(HelloConfirm, await messages.read(maxHelloBytes))
      if (confirm.document.byteLength > 0) await trust.adopt(confirm.document)
      if (confirm.status !== helloStatus.ok) throw refusal(confirm.status, confirm.reason)
      certificate = await trust.verify(request.certificate, peerId)
      messages.stop()
      carrier.unread(first)
    } else messages.stop()
    return { carrier, certificate }
  } catch (error) {
    const reason = asOverlayError(error, 'refused', 'The hello failed')
    lingering(carrier, socket, reason)
    throw reason
  } finally {
    cancel()
  }
}

/** Closes a path that comes to nothing; what was just said on it still arrives. */
function lingering(carrier: TlsCarrier, socket: SecuredSocket['socket'], reason: OverlayError): void {
  const timer = setTimeout(() => carrier.abort(reason), refusalLingerMs)
  void carrier.gone.then(() => clearTimeout(timer))
  socket.end()
}

/**
 * Fails the hello when it takes longer than it may, or when the path is gone: its own end may have closed it. Returns what stops
 * that.
 */
function failLate(messages: CarrierMessages, carrier: TlsCarrier): () => void {
  // `gone` is waited for as long as the path lives, and keeps what is named here.
  let waiting: CarrierMessages | undefined = messages
  const fail = (code: 'unreachable' | 'timed_out', text: string) => waiting?.fail(new OverlayError(code, text))
  void carrier.gone.then(() => fail('unreachable', 'The path was closed before its hello was over.'))
  let timer: NodeJS.Timeout | undefined = setTimeout(
    () => fail('timed_out', 'The other side did not say hello in time.'),
    helloTimeoutMs,
  )
  return () => {
    waiting = undefined
    clearTimeout(timer)
    timer = undefined
  }
}
