import { once } from 'node:events'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { afterEach, describe, expect, test } from 'vitest'
import { FirstBytes } from '../../../src/net/first-bytes.js'
import { encodePreface, prefaceBytes, prefaceTokenBytes } from '../../../src/wire/prefaces.js'
import { inPieces } from '../../support/pieces.js'

const open: Duplex[] = []
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy()
})

/** Says who was given a connection that sent these pieces, the preface it was given with, and what it reads after that. */
async function shown(pieces: readonly Uint8Array[]) {
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  open.push(socket)
  let taker = 'nobody'
  let preface = ''
  const rest: Buffer[] = []
  const listen = () => socket.on('data', (bytes: Buffer) => rest.push(bytes))
  const take = (name: string) => (_socket: Socket, shown: Buffer) => {
    taker = name
    preface = shown.toString('hex')
  }
  const prefaces = (['splice', 'direct', 'seen'] as const).map((name) => ({
    byte: prefaceBytes[name],
    length: 1 + prefaceTokenBytes,
    take: take(name),
  }))
  const first = new FirstBytes(prefaces, undefined, () => {
    taker = 'libp2p'
    listen() // libp2p does so at once
  })
  first.add(socket as unknown as Socket)
  // Each piece arrives by itself, and some before whoever takes the connection reads on.
  for (const piece of pieces) {
    socket.push(piece)
    if (taker === 'nobody') await new Promise((resolve) => setImmediate(resolve))
  }
  socket.push(null)
  if (socket.destroyed) return { taker: 'hung up on' }
  if (taker !== 'libp2p') listen().resume()
  await once(socket, 'end')
  first.close()
  return { taker, preface, rest: Buffer.concat(rest).toString('hex') }
}

const token = Uint8Array.from({ length: prefaceTokenBytes }, (_, index) => index)
const behind = Buffer.from('160301 and what is said behind it')

describe.each([
  ['splice', prefaceBytes.splice],
  ['direct', prefaceBytes.direct],
  ['seen', prefaceBytes.seen],
])('a connection that begins with the preface of %s', (taker, byte) => {
  const preface = encodePreface(byte, token)
  const bytes = Buffer.concat([preface, behind])
  test.each(inPieces(bytes))('is taken with all that comes behind it, %s', async (_how, pieces) => {
    expect(await shown(pieces)).toEqual({
      taker,
      preface: Buffer.from(preface).toString('hex'),
      rest: behind.toString('hex'),
    })
  })
})

const multistream = Buffer.from('\x13/multistream/1.0.0\n\x07/noise\n')
test.each(inPieces(multistream))('a connection of libp2p is handed on as it came, %s', async (_how, pieces) => {
  expect(await shown(pieces)).toEqual({ taker: 'libp2p', preface: '', rest: multistream.toString('hex') })
})

const tls = Buffer.from('16030100c8010000c40303', 'hex')
test.each(inPieces(tls))('any other one is hung up on, %s', async (_how, pieces) => {
  expect(await shown(pieces)).toEqual({ taker: 'hung up on' })
})
