// A test of your own program against relays that come and go, all in its process.   node --test relay-in-a-test.ts
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestNetwork } from 'chat-p2p/testing'

test('a conversation goes on when the relay that carries it is switched off', async () => {
  await using network = await startTestNetwork({ relays: 2, services: ['notes'] })
  const host = await network.context('anna')
  const dialer = await network.context('ben')
  const listener = await host.listen('notes')
  listener.on('dial', async (dial) => {
    const connection = await dial.accept()
    for await (const bytes of connection) await connection.write(bytes)
    await connection.close()
  })
  await listener.established(2)

  await using connection = await dialer.dial('notes', { instanceId: 'anna' })
  const say = async (text: string) => {
    await connection.write(Buffer.from(text))
    return Buffer.from((await connection.read()) ?? []).toString()
  }
  assert.equal(await say('before'), 'before')
  const carrying = connection.paths().find(({ role }) => role === 'active')
  assert(carrying)
  await network.stopRelay(carrying.relay)
  assert.equal(await say('after'), 'after')
})
