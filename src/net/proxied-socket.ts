import { request } from 'node:http'
import { isIP, type Socket } from 'node:net'
import { connectSocket } from '../core/connect.js'
import { errorText, OverlayError } from '../core/errors.js'
import { type ProxyAddress, shownProxy } from '../core/proxy.js'
import { ignoreErrors } from '../core/socket-errors.js'
import { waitFor, whenAborted } from '../core/waiting.js'
import { socksConnect } from './socks5.js'
import { insideTls } from './tls-client.js'

interface Target {
  host: string
  port: number
}

/** Limits the header of a proxy's answer. */
const maxHeaderBytes = 16 * 1024

/**
 * Opens a connection to the target through the proxy; nothing has been read of what the target says. Rejects with `proxy_failed`,
 * which says what the proxy said, or with the signal's reason.
 */
export async function connectThrough(proxy: ProxyAddress, target: Target, signal: AbortSignal): Promise<Socket> {
  let socket: Socket | undefined
  const forget = whenAborted(signal, () => socket?.destroy())
  try {
    socket = await connectSocket(proxy, { signal })
    ignoreErrors(socket).setNoDelay(true).setKeepAlive(true)
    if (proxy.kind === 'https') {
      // It has to show a certificate that this machine trusts, as a name and password go through it.
      socket = await insideTls(socket, { name: proxy.host, host: proxy.host, hungUp: 'it hung up' }, signal)
    }
    if (proxy.kind === 'socks5') await askSocks(socket, proxy, target, signal)
    else await askHttp(socket, proxy, target, signal)
    signal.throwIfAborted()
    return socket
  } catch (error) {
    socket?.destroy()
    signal.throwIfAborted()
    throw new OverlayError('proxy_failed', `The proxy ${shownProxy(proxy)}: ${errorText(error)}.`, { cause: error })
  } finally {
    forget()
  }
}

function askHttp(socket: Socket, proxy: ProxyAddress, { host, port }: Target, signal: AbortSignal): Promise<void> {
  const path = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
  const { username, password } = proxy.credentials ?? {}
  const basic = Buffer.from(`${username}:${password}`).toString('base64')
  const headers = { host: path, ...(username === undefined ? {} : { 'proxy-authorization': `Basic ${basic}` }) }
  return waitFor(signal, (resolve, reject) => {
    const asked = request({
      method: 'CONNECT',
      path,
      headers,
      setHost: false,
      maxHeaderSize: maxHeaderBytes,
      createConnection: () => socket,
    })
    asked.once('connect', ({ statusCode = 0, statusMessage, headers: said }, _, head: Buffer) => {
      if (statusCode < 200 || statusCode > 299) {
        reject(
          new Error(whyNot(statusCode, statusMessage ?? '', path, said['proxy-authenticate'], username !== undefined)),
        )
        return
      }
      if (head.byteLength > 0) socket.unshift(head)
      resolve()
    })
    // Older proxies answer in a way that is no answer to CONNECT.
    asked.once('response', ({ statusCode }) => reject(new Error(`it answers ${statusCode} instead of connecting`)))
    asked.on('error', reject)
    asked.end()
    return () => {}
  })
}

function whyNot(
  status: number,
  message: string,
  path: string,
  scheme: string | string[] | undefined,
  named: boolean,
): string {
  const words = `${status} ${message}`.trim()
  if (status === 407 && named)
    return `it does not take this name and password (${words}; it knows: ${scheme ?? 'nothing'})`
  if (status === 407) return `it asks for a name and password (${words}); say user:password@ in its address`
  if (status === 403 || status === 405) {
    return `it does not let through to ${path} (${words}); many allow port 443 only, see WebSocket in docs/operate.md`
  }
  return `no connection to ${path} (${words})`
}

async function askSocks(
  socket: Socket,
  { credentials }: ProxyAddress,
  target: Target,
  signal: AbortSignal,
): Promise<void> {
  await socksConnect(target, credentials, {
    write: (bytes) => socket.write(bytes),
    read: (length) => readExactly(socket, length, signal),
  })
}

/** Reads exactly `length` bytes and takes no more out of the socket, which does not flow before or after. */
function readExactly(socket: Socket, length: number, signal: AbortSignal): Promise<Uint8Array> {
  return waitFor<Uint8Array>(signal, (resolve, reject) => {
    const onReadable = () => {
      const bytes: Buffer | null = socket.read(length)
      if (bytes === null) return
      if (bytes.byteLength === length) resolve(bytes)
      else reject(new Error('it hung up')) // the rest of what came, before the end
    }
    const onClose = () => reject(new Error('it hung up'))
    socket.on('readable', onReadable).once('close', onClose).once('end', onClose)
    onReadable()
    return () => void socket.off('readable', onReadable).off('close', onClose).off('end', onClose)
  })
}
