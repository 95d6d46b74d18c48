import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeIdentityFile } from '../../src/identity/identity-file.js'
import { Consumer } from '../support/consumer.js'
import { RunningProgram } from '../support/running-program.js'
import { Stage } from '../support/stage.js'

const examples = path.resolve(import.meta.dirname, '../../examples')
const programs = Object.fromEntries(
  readdirSync(examples)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => [name, readFileSync(path.join(examples, name), 'utf8')]),
)

let consumer: Consumer
beforeAll(async () => {
  consumer = await Consumer.create()
})
afterAll(() => consumer.remove())

describe('who installs the package', () => {
  test('can use every entry with the library check on: no type of a dependency is in ours', async () => {
    const uses = consumer.entries.map((entry, n) => `import * as entry${n} from '${entry}'\nvoid entry${n}\n`)
    expect(await consumer.check({ 'entries.ts': uses.join('') })).toBe('')
  })

  test('can dial without options, name the events, and catch mistakes', async () => {
    const program = `
import { type Connection, type ConnectionEvents, type Context, createContext, isOverlayError, parseIdentity } from 'chat-p2p'
const context: Context = await createContext(await parseIdentity(process.env.CHAT_P2P_IDENTITY ?? ''))
const connection: Connection = await context.dial('chat-p2p')
type Lost = ConnectionEvents['path:lost'][0]
connection.on('path:lost', (lost: Lost) => console.log(lost.silentMs.toFixed()))
context.on('warning', (error) => console.log(error.code, error.details.service))
// @ts-expect-error: there is no such event
connection.on('path:gained', () => {})
// @ts-expect-error: bytes, not text
await connection.write('text')
try { await context.dial('x', { instanceId: 'y' }) } catch (error) { if (isOverlayError(error, 'offline')) console.log(error.details.lastSeenMs) }
`
    expect(await consumer.check({ 'consumer.ts': program })).toBe('')
  })
})

describe('the examples', () => {
  let stage: Stage
  let said: string
  beforeAll(async () => {
    stage = await Stage.open({
      relays: 1,
      services: ['chat-p2p', 'web', 'vault'].map((name) => ({
        name,
        bind: { roles: ['#all'], semantic: 'AnyOf' },
        dial: { roles: ['#all'], semantic: 'AnyOf' },
        maxTerminators: 3,
        strategy: 'smartrouting',
        shards: 1,
      })),
    })
    said = await consumer.check(programs)
  })
  afterAll(() => stage.close())

  const identity = async (name: string, roles?: string[]) => {
    const file = path.join(consumer.dir, `${name}.json`)
    await writeIdentityFile(file, await stage.network.member(name, roles === undefined ? {} : { roles }))
    return file
  }

  test('are each run by a test here', () => {
    expect(Object.keys(programs).sort()).toEqual([
      'admit-by-role.ts',
      'echo-host.ts',
      'http-over-connection.ts',
      'relay-in-a-test.ts',
    ])
    expect(said).toBe('')
  })

  test('echo-host serves callers until it is told to stop', async () => {
    const host = RunningProgram.start(consumer.compiled('echo-host.ts'), [await identity('anna')])
    stage.onClose(() => host.stop())
    await host.line(/anna@chat-p2p can be called/)
    const context = await stage.context('ben')
    for (const text of ['one', 'two']) {
      const connection = await context.dial('chat-p2p', { instanceId: 'anna' })
      await connection.write(Buffer.from(text))
      expect(Buffer.from((await connection.read())!).toString()).toBe(text)
      await connection.close()
    }
    await host.line(/ben calls/)
    host.child.kill('SIGINT')
    expect(await host.exit).toBe(0)
  })

  test('admit-by-role looks at certificate and word', async () => {
    const file = await identity('vault1')
    const host = RunningProgram.start(consumer.compiled('admit-by-role.ts'), [file, 'vault', 'admin', 'last'])
    stage.onClose(() => host.stop())
    await host.line(/vault1@vault can be called/)
    const dial = async (name: string, roles: string[], word: string) =>
      (await stage.context(name, { roles })).dial('vault', { instanceId: 'vault1', appData: Buffer.from(word) })
    await expect(dial('guest', ['chat'], 'last')).rejects.toMatchObject({ details: { reason: 'only for admin' } })
    await expect(dial('root', ['admin'], 'first')).rejects.toMatchObject({
      details: { reason: 'that is not the word' },
    })
    const connection = await dial('chief', ['admin'], 'last')
    expect(Buffer.from((await connection.read())!).toString()).toBe('welcome, chief')
    await connection.close()
    expect(await host.exit).toBe(0)
  })

  test('http-over-connection answers a request by name and ends', async () => {
    const args = [await identity('web1'), await identity('user1')]
    const { code, stdout, stderr } = await consumer.run('http-over-connection.ts', args)
    expect([code, stdout, stderr]).toEqual([0, 'you asked web1.web for /hello\n', ''])
  })

  test('relay-in-a-test passes, and leaves nothing that keeps its process', async () => {
    const { code, stdout } = await consumer.run('relay-in-a-test.ts')
    expect(stdout).toContain('ok 1 - a conversation goes on when the relay that carries it is switched off')
    expect(code).toBe(0)
  })
})
