import { createCipheriv, createHmac } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { connect, createSecureContext, type TLSSocket } from 'node:tls'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { afterEach, expect, test, vi } from 'vitest'
import type WebSocket from 'ws'
import { TlsCarrier } from '../../../src/net/tls-carrier.js'
import { makeTlsCertificate } from '../../../src/net/tls-certificate.js'
import { TlsEndpoint } from '../../../src/net/tls-endpoint.js'
import { WebSocketSocket } from '../../../src/net/websocket-socket.js'
import { pathAlpn, webSocketProtocol } from '../../../src/wire/protocols.js'

const opened: Duplex[] = []
afterEach(() => {
  for (const end of opened.splice(0)) end.destroy()
})

/** One end of a connection in memory: what is written comes out of `to`, until that end stops reading. */
class MemoryEnd extends Duplex {
  to: MemoryEnd | undefined
  reads = true

  constructor() {
    super()
    opened.push(this)
    this.on('error', () => {})
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    if (!this.to!.reads) return // for ever
    this.to!.push(bytes)
    done()
  }
}

/** Makes records of TLS 1.3 with TLS_AES_128_GCM_SHA256 (RFC 8446, sections 5.2, 7.1 and 7.2). */
class Records {
  #secret: Buffer
  #sequence = 0

  constructor(secret: Buffer) {
    this.#secret = secret
  }

  data(text: string): Buffer {
    return this.#record(Buffer.concat([Buffer.from(text), Buffer.from([23])]))
  }

  /** Asks the other side to change its key as well, which it says in a record of its own. */
  keyUpdate(): Buffer {
    const record = this.#record(Buffer.from([24, 0, 0, 1, 1, 22]))
    this.#secret = this.#expand('traffic upd', 32)
    this.#sequence = 0
    return record
  }

  #record(inner: Buffer): Buffer {
    const nonce = this.#expand('iv', 12)
    nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ this.#sequence++) >>> 0, 8)
    const cipher = createCipheriv('aes-128-gcm', this.#expand('key', 16), nonce)
    const head = Buffer.from([23, 3, 3, 0, inner.byteLength + 16])
    cipher.setAAD(head)
    return Buffer.concat([head, cipher.update(inner), cipher.final(), cipher.getAuthTag()])
  }

  #expand(label: string, bytes: number): Buffer {
    const name = Buffer.from(`tls13 ${label}`)
    const about = Buffer.concat([Buffer.from([0, bytes, name.byteLength]), name, Buffer.from([0, 1])])
    return Buffer.from(createHmac('sha256', this.#secret).update(about).digest().subarray(0, bytes))
  }
}

/** The host's end of a path, and a dialer that has taken its TLS apart: it sends what it likes and reads nothing any more. */
async function path() {
  const [dialerEnd, hostEnd] = [new MemoryEnd(), new MemoryEnd()]
  dialerEnd.to = hostEnd
  hostEnd.to = dialerEnd
  const host = new TlsEndpoint(await generateKeyPair('Ed25519'))
  const securing = host.secure(hostEnd as unknown as Socket, 'host', AbortSignal.timeout(20_000))
  const dialer = connect({
    socket: dialerEnd,
    secureContext: createSecureContext({
      ...(await makeTlsCertificate(await generateKeyPair('Ed25519'))),
      ciphers: 'TLS_AES_128_GCM_SHA256',
    }),
    rejectUnauthorized: false,
    ALPNProtocols: [pathAlpn],
  })
  dialer.on('error', () => {})
  const secret = new Promise<Buffer>((resolve) =>
    dialer.on('keylog', (line: Buffer) => {
      const [, hex] = /^CLIENT_TRAFFIC_SECRET_0 \S+ (\S+)/.exec(String(line)) ?? []
      if (hex !== undefined) resolve(Buffer.from(hex, 'hex'))
    }),
  )
  const { socket } = await securing
  dialerEnd.reads = false
  return { socket, records: new Records(await secret), send: (bytes: Buffer) => hostEnd.push(bytes) }
}

function reading(socket: TLSSocket) {
  const came: string[] = []
  const carrier = new TlsCarrier(socket)
  carrier.read({ data: (bytes) => came.push(String(bytes)), drained: () => {}, closed: () => {} })
  return { came, carrier }
}

test('keys may be changed in the middle', async () => {
  const { socket, records, send } = await path()
  const { came } = reading(socket)
  for (let n = 0; n < 3; n++) {
    send(records.keyUpdate())
    send(records.data(`${n}`))
  }
  await expect.poll(() => came).toEqual(['0', '1', '2'])
})

test('who has keys changed without an end and reads no answer fills no memory', { timeout: 20_000 }, async () => {
  const { socket, records, send } = await path()
  const { came, carrier } = reading(socket)
  for (let n = 0; n < 12_000; n++) send(records.keyUpdate())
  send(records.data('still here'))
  await carrier.gone
  expect(came).toEqual([])
})

test('nor who does so below a WebSocket', { timeout: 20_000 }, async () => {
  const { socket, records, send } = await path()
  const terminate = vi.fn()
  const webSocket = Object.assign(new EventEmitter(), { protocol: webSocketProtocol, terminate })
  const inside = new WebSocketSocket(webSocket as unknown as WebSocket, socket, {})
  inside.on('error', () => {}).resume()
  socket.on('data', (bytes) => webSocket.emit('message', bytes, true))
  for (let n = 0; n < 12_000; n++) send(records.keyUpdate())
  send(records.data('still here'))
  await expect(once(inside, 'close')).rejects.toMatchObject({ code: 'protocol_error' })
  expect(terminate).toHaveBeenCalledOnce()
  expect(inside.bytesRead).toBe(0)
})
