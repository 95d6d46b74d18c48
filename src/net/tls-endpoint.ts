import { constants } from 'node:crypto'
import type { Socket } from 'node:net'
import { connect, createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import type { PrivateKey } from '@libp2p/interface'
import { asOverlayError, OverlayError } from '../core/errors.js'
import { ignoreErrors } from '../core/socket-errors.js'
import { whenAborted } from '../core/waiting.js'
import { pathAlpn } from '../wire/protocols.js'
import { makeTlsCertificate, peerIdOfTlsCertificate } from './tls-certificate.js'

/** A TLS socket whose other end has shown that it is this peer. */
export interface SecuredSocket {
  socket: TLSSocket
  peerId: string
}

/**
 * Puts TLS 1.3 on connected sockets, both sides with a certificate as libp2p's specification of TLS has it. Sessions of TLS are
 * never resumed: OpenSSL sends tickets all the same, which name a state that nobody keeps.
 */
export class TlsEndpoint {
  readonly #privateKey: PrivateKey
  #context: Promise<SecureContext> | undefined

  constructor(privateKey: PrivateKey) {
    this.#privateKey = privateKey
  }

  /**
   * Makes the handshake on a connected socket, whichever side opened it: the dialer of a path is TLS's client. Bytes that were read
   * too early have been unshifted. Resolves with the peer at the other end; rejects with `certificate_peer` when `expected` is
   * another one, `certificate_invalid`, `unreachable`, or the signal's reason. The socket is destroyed then.
   */
  async secure(
    socket: Socket,
    role: 'dialer' | 'host',
    signal: AbortSignal,
    expected?: string,
  ): Promise<SecuredSocket> {
    const forget = whenAborted(signal, () => socket.destroy())
    try {
      signal.throwIfAborted()
      const secureContext = await this.#secureContext()
      signal.throwIfAborted()
      const secured = await handshake(socket, role, secureContext)
      try {
        const peerId = peerOf(secured)
        if (expected !== undefined && peerId !== expected) {
          throw new OverlayError('certificate_peer', 'Another peer than the one that was meant is at the other end.')
        }
        return { socket: secured, peerId }
      } catch (error) {
        secured.destroy()
        throw error
      }
    } catch (error) {
      socket.destroy()
      if (signal.aborted) throw signal.reason
      throw asOverlayError(error, 'unreachable', 'The TLS handshake failed')
    } finally {
      forget()
    }
  }

  #secureContext(): Promise<SecureContext> {
    this.#context ??= makeTlsCertificate(this.#privateKey).then((certificate) =>
      createSecureContext({
        ...certificate,
        minVersion: 'TLSv1.3',
        // Go's order: the shorter key is as safe here, and a fifth faster.
        ciphers: 'TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384',
        // Of the key in the certificate, which is made for it; others could be chosen to take long to check.
        sigalgs: 'ecdsa_secp256r1_sha256:ed25519',
        secureOptions: constants.SSL_OP_NO_TICKET,
      }),
    )
    return this.#context
  }
}

function handshake(socket: Socket, role: 'dialer' | 'host', secureContext: SecureContext): Promise<TLSSocket> {
  const options = { secureContext, rejectUnauthorized: false, ALPNProtocols: [pathAlpn] }
  const secured =
    role === 'dialer'
      ? connect({ ...options, socket })
      : new TLSSocket(socket, { ...options, isServer: true, requestCert: true })
  return new Promise((resolve, reject) => {
    const settled = () => {
      secured.off('secure', onSecure)
      secured.off('error', onError)
      secured.off('close', onClose)
    }
    const onSecure = () => {
      settled()
      ignoreErrors(secured)
      resolve(secured)
    }
    const onError = (error: Error) => {
      settled()
      ignoreErrors(secured).destroy()
      reject(error)
    }
    const onClose = () => onError(new OverlayError('unreachable', 'The other side hung up.'))
    secured.on('secure', onSecure)
    secured.on('error', onError)
    secured.on('close', onClose)
  })
}

function peerOf(socket: TLSSocket): string {
  if (socket.getProtocol() !== 'TLSv1.3' || socket.alpnProtocol !== pathAlpn) {
    throw new OverlayError('protocol_error', 'The other side speaks another protocol.')
  }
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) throw new OverlayError('certificate_invalid', 'The other side showed no certificate.')
  return peerIdOfTlsCertificate(certificate.raw, Date.now())
}
