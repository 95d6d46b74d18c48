import type { Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { connectSocket } from '../../../src/net/connect-socket.js'
import { DirectListener } from '../../../src/net/direct-listener.js'

const open: Array<() => void> = []
afterEach(() => {
  for (const close of open.splice(0)) close()
})

/** Says whether Node lets bytes of this socket go out at once; kept under a symbol of its own. */
function isUndelayed(socket: Socket): boolean {
  const known = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'kSetNoDelay')
  return known !== undefined && (socket as unknown as Record<symbol, boolean>)[known] === true
}

describe('a direct connection', () => {
  test('sends small writes at once from both of its ends', async () => {
    const taken = Promise.withResolvers<Socket>()
    const listener = new DirectListener({ byte: 0xc3, length: 1, take: (socket) => taken.resolve(socket) })
    const { port, release } = await listener.hold(true)
    open.push(release)
    const dialed = await connectSocket({ host: '127.0.0.1', port: port!, family: 4 }, AbortSignal.timeout(20_000))
    open.push(() => dialed.destroy())
    dialed.write(Uint8Array.of(0xc3))
    const accepted = await taken.promise
    open.push(() => accepted.destroy())
    expect([isUndelayed(dialed), isUndelayed(accepted)]).toEqual([true, true])
  })
})
