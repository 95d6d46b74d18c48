import { isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect } from 'node:tls'
import { ignoreErrors } from '../core/socket-errors.js'
import { waitFor } from '../core/waiting.js'

/** Says to whom TLS is spoken, which certificates are taken, and what it is called when the other end closes the connection instead. */
export interface TlsServer extends Pick<ConnectionOptions, 'host' | 'rejectUnauthorized'> {
  /** A host name or an IP address. */
  name: string
  hungUp: string
}

/** Speaks TLS, for HTTP/1.1, on an open connection. Rejects with what TLS says, or the signal's reason. */
export function insideTls(
  socket: Socket,
  { name, hungUp, ...options }: TlsServer,
  signal: AbortSignal,
): Promise<Socket> {
  return waitFor<Socket>(signal, (resolve, reject) => {
    const named = isIP(name) === 0 ? { servername: name } : {}
    const secured = connect({ socket, ALPNProtocols: ['http/1.1'], ...options, ...named })
    const onSecure = () => resolve(secured)
    const onClose = () => reject(new Error(hungUp))
    secured.once('secureConnect', onSecure).once('error', reject).once('close', onClose)
    return () => {
      secured.off('secureConnect', onSecure).off('error', reject).off('close', onClose)
      ignoreErrors(secured)
      if (signal.aborted) secured.destroy()
    }
  })
}
