import { once } from 'node:events'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askSeenAddress } from '../../../src/net/seen-address.js'
import { tokenOf } from '../../../src/wire/prefaces.js'
import { encodeSeenAnswer } from '../../../src/wire/seen-address.js'
import { eventually } from '../../support/members.js'
import { Stage } from '../../support/stage.js'

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open({ relays: 2, relayOptions: { quotas: { strangers: 2 } } })
})
afterAll(() => stage.close())

const relay = (index: number) => ({ host: '127.0.0.1', port: stage.ports[index]!, family: 4 })
const never = new AbortController().signal

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

test('two relays, asked from the same port at the same time, tell that port', async () => {
  const port = await freePort()
  const answers = await Promise.all([0, 1].map((index) => askSeenAddress(relay(index), { localPort: port }, never)))
  expect(answers.map(({ seen }) => seen)).toEqual([
    { host: '127.0.0.1', port },
    { host: '127.0.0.1', port },
  ])
  expect(answers.map(({ socket }) => socket.destroyed)).toEqual([false, false])
  for (const { socket } of answers) socket.destroy()
})

test('who asks and then says something else is hung up on', async () => {
  const { socket } = await askSeenAddress(relay(0), { localPort: await freePort() }, never)
  socket.write('more')
  await once(socket, 'close')
})

test('who asks counts as a stranger: of more than the quota the oldest goes', async () => {
  const asked: Array<Awaited<ReturnType<typeof askSeenAddress>>> = []
  for (let count = 0; count < 3; count++)
    asked.push(await askSeenAddress(relay(0), { localPort: await freePort() }, never))
  await eventually(
    () => asked.map(({ socket }) => socket.destroyed),
    ([oldest, ...others]) => oldest === true && !others.includes(true),
  )
  for (const { socket } of asked) socket.destroy()
})

test('one that does not answer rejects when the signal fires', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as { port: number }
  const gone = new AbortController()
  silent.once('connection', () => gone.abort(new Error('enough')))
  await expect(
    askSeenAddress({ host: '127.0.0.1', port, family: 4 }, { localPort: await freePort() }, gone.signal),
  ).rejects.toThrow('enough')
  silent.close()
})

const elsewhere = Object.values(networkInterfaces())
  .flat()
  .find((each) => each?.family === 'IPv4' && !each.internal)?.address

test.skipIf(elsewhere === undefined)('a relay elsewhere that says it is on this machine is not believed', async () => {
  const liar = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (bytes) => socket.write(encodeSeenAnswer({ host: '127.0.0.1', port: 40_000 }, tokenOf(bytes))))
  }).listen(0, elsewhere)
  await once(liar, 'listening')
  const { port } = liar.address() as { port: number }
  const asked = askSeenAddress({ host: elsewhere!, port, family: 4 }, { localPort: await freePort() }, never)
  await expect(asked).rejects.toMatchObject({ code: 'protocol_error' })
  liar.close()
})
