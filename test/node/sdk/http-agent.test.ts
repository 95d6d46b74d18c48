import { once } from 'node:events'
import { type Agent, type ClientRequest, createServer, get, type RequestOptions, type Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Context, createHttpAgent, type HttpAgentOptions, type Listener } from '../../../src/sdk/index.js'
import { nextDial, Stage, service } from '../../support/stage.js'

let stage: Stage
let dialer: Context
let listener: Listener
let server: Server
beforeAll(async () => {
  stage = await Stage.open({ relays: 1 })
})
afterAll(() => stage.close())

let count = 0
const agents = new Set<Agent>()
beforeEach(async () => {
  ;({ listener } = await stage.host(`web${++count}`))
  dialer = await stage.context(`user${count}`)
  server = createServer((request, response) => {
    if (request.url === '/hello') response.end('hello')
    if (request.url === '/patience') response.setTimeout(20, () => response.end('enough'))
  })
})
afterEach(async () => {
  for (const agent of agents) agent.destroy()
  agents.clear()
  await stage.clear()
})

const serve = () =>
  listener.on('dial', async (dial) => void server.emit('connection', (await dial.accept()).toDuplex()))

function agentOf(options: HttpAgentOptions = {}): Agent {
  const agent = createHttpAgent(dialer, options)
  agents.add(agent)
  return agent
}

function ask(path: string, options: RequestOptions = {}): ClientRequest {
  return get({ host: `web${count}.${service}`, path, agent: agentOf(), ...options })
}

async function answer(request: ClientRequest): Promise<string> {
  const [response] = await once(request, 'response')
  return text(response)
}

test('a request sets what it likes of its socket, and its timeout is said when nothing comes', async () => {
  serve()
  const hello = ask('/hello', { timeout: 60_000 })
  hello.setNoDelay()
  hello.setSocketKeepAlive()
  hello.setTimeout(50_000)
  expect(await answer(hello)).toBe('hello')

  for (const silent of [ask('/silent', { timeout: 20 }), ask('/silent').setTimeout(20)]) {
    await once(silent, 'timeout')
    const failed = once(silent, 'error')
    silent.destroy(new Error('too late'))
    expect(await failed).toMatchObject([{ message: 'too late' }])
  }
})

test('a timeout of the agent, and one of the server, are said as well', async () => {
  serve()
  const silent = ask('/silent', { agent: agentOf({ timeout: 20 }) })
  silent.on('error', () => {})
  await once(silent, 'timeout')
  silent.destroy()
  expect(await answer(ask('/patience'))).toBe('enough')
})

test('requests that follow share a connection, and say so', async () => {
  let calls = 0
  listener.on('dial', () => calls++)
  serve()
  const agent = agentOf({ keepAlive: true, timeout: 60_000 })
  const reused: boolean[] = []
  for (let n = 0; n < 3; n++) {
    const request = ask('/hello', { agent, timeout: 30_000 })
    expect(await answer(request)).toBe('hello')
    reused.push(request.reusedSocket)
    await new Promise(setImmediate) // the agent has its connection back
  }
  expect([calls, reused]).toEqual([1, [false, true, true]])
})

test.each(['is destroyed', 'is over by its signal'])(
  'a request that %s while it dials fails at once, and nobody rings any more',
  async (how) => {
    const rings = nextDial(listener)
    const controller = new AbortController()
    const request = ask('/hello', { signal: controller.signal })
    const failed = once(request, 'error')
    const { signal } = await rings
    if (how === 'is destroyed') request.destroy(new Error('not needed'))
    else controller.abort()
    const expected = how === 'is destroyed' ? { message: 'not needed' } : { name: 'AbortError' }
    expect((await failed)[0]).toMatchObject(expected)
    if (!signal.aborted) await once(signal, 'abort')
  },
)

test('a dial that fails is the error of its request', async () => {
  const [declined] = await once(ask('/hello'), 'error')
  expect(declined).toMatchObject({ code: 'busy' })
  const [unnamed] = await once(ask('/hello', { host: '.' }), 'error')
  expect(unnamed).toMatchObject({ code: 'bad_name' })
})
