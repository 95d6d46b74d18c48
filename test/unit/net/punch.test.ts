import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { firstProved, maxSockets } from '../../../src/net/punch.js'

test('of a side that opens connections without an end so many are looked at, and the others closed', async () => {
  const sockets = Array.from({ length: 3 * maxSockets }, () => new Socket())
  const looked: Socket[] = []
  const proved = firstProved(
    async (take) => sockets.forEach(take),
    async (socket) => {
      looked.push(socket)
      if (looked.length < maxSockets) throw new Error('somebody else')
      return socket
    },
    () => {},
    AbortSignal.timeout(10_000),
  )
  expect(await proved).toBe(sockets[maxSockets - 1])
  expect(looked).toEqual(sockets.slice(0, maxSockets))
  expect(sockets.slice(maxSockets).every(({ destroyed }) => destroyed)).toBe(true)
})
