// What sessions are held against first: plain sockets and TLS, with and without a proxy.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { connect as connectTls, createSecureContext, TLSSocket } from 'node:tls'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { makeTlsCertificate } from '../../src/net/tls-certificate.js'
import { type Pipe, serve, socketPipe } from './pipes.js'

async function listen(onSocket: (socket: Socket) => void): Promise<number> {
  const server = createServer({ noDelay: true }, onSocket)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** A host of plain sockets, and one of TLS. */
export async function socketHosts(): Promise<{ tcp: number; tls: number }> {
  const secureContext = createSecureContext(await makeTlsCertificate(await generateKeyPair('Ed25519')))
  return {
    tcp: await listen((socket) => serve(socketPipe(socket))),
    tls: await listen((socket) => serve(socketPipe(new TLSSocket(socket, { isServer: true, secureContext })))),
  }
}

/** A proxy as one writes it in Node: the least a relay can do. */
export function proxy(port: number): Promise<number> {
  return listen((socket) => {
    const other = connect({ port, host: '127.0.0.1', noDelay: true })
    for (const each of [socket, other]) each.on('error', () => each.destroy())
    socket.pipe(other).pipe(socket)
  })
}

export async function openSocket(port: number, tls: boolean): Promise<Pipe> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  if (!tls) {
    await new Promise((resolve) => socket.once('connect', resolve))
    return socketPipe(socket)
  }
  const secured = connectTls({ socket, rejectUnauthorized: false, minVersion: 'TLSv1.3' })
  await new Promise((resolve) => secured.once('secureConnect', resolve))
  return socketPipe(secured)
}
