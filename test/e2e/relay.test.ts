import { once } from 'node:events'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { chatP2p, RunningCli, temporaryFolder } from '../support/cli.js'
import { freePorts } from '../support/free-ports.js'

let folder: ReturnType<typeof temporaryFolder>
let basePort: number
const running: RunningCli[] = []

const start = (...args: string[]) => {
  const cli = RunningCli.start(args, folder.dir)
  running.push(cli)
  return cli
}
const identityFile = (name: string) => path.join(folder.dir, 'identities', `${name}.json`)

beforeEach(async () => {
  folder = temporaryFolder()
  ;[basePort] = (await freePorts(1)) as [number]
  const setup = await chatP2p(['setup', '--relays', '1', '--users', 'user1', '--relay-base-port', String(basePort)], {
    cwd: folder.dir,
  })
  expect(setup.code, setup.stderr).toBe(0)
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((cli) => cli.kill()))
  folder.remove()
})

/** One line for a person, nothing else. */
function expectOneLine(stderr: string, pattern: RegExp): void {
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  expect(stderr).toMatch(pattern)
  expect(stderr).not.toMatch(/\n\s+at /)
}

describe('chat-p2p relay', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('stops cleanly on %s', async (signal) => {
    const relay = start('relay', '-i', 'relay1')
    await relay.sees(/relay of network .* is up/)
    relay.child.kill(signal)
    expect(await relay.exited()).toBe(signal === 'SIGINT' ? 130 : 0)
    expect(relay.lines.join('\n')).toContain(`stopping (${signal})`)
  })

  test('can be started again on the same port at once', async () => {
    for (let round = 0; round < 2; round++) {
      const relay = start('relay', '-i', 'relay1')
      await relay.sees(new RegExp(`listening on .*/tcp/${basePort}/`))
      relay.child.kill('SIGKILL')
      await relay.exited()
    }
  })

  test('says in one line that its port is taken', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(basePort, '127.0.0.1', resolve))
    try {
      const { code, stderr } = await chatP2p(['relay', '-i', 'relay1'], { cwd: folder.dir })
      expect(code).toBe(1)
      expectOneLine(stderr, /port.*in use/)
      expect(stderr).toContain(String(basePort))
    } finally {
      await new Promise((resolve) => other.close(resolve))
    }
  })

  test.each(['203.0.113.7', 'relay.example.org'])(
    'known as %s, which is not an address of this machine, it listens on its port everywhere',
    async (host) => {
      const port = String((await freePorts(1))[0])
      const made = ['setup', '--dir', 'elsewhere', '--relays', '1', '--relay-host', host, '--relay-base-port', port]
      expect((await chatP2p(made, { cwd: folder.dir })).code).toBe(0)
      const relay = start('relay', '-i', 'elsewhere/identities/relay1.json')
      await relay.sees(/relay of network .* is up/)
      expect(relay.lines.join('\n')).toMatch(new RegExp(`listening on /ip4/0.0.0.0/tcp/${port}`))
      expect(relay.lines.join('\n')).toMatch(new RegExp(`others are told /.*/${host}/tcp/${port}/`))
      const socket = connect(Number(port), '127.0.0.1')
      await once(socket, 'connect')
      socket.destroy()
    },
  )

  test.each([
    ['/ip4/203.0.113.7/tcp/4001', /no address of this machine/],
    ['/ip4/127.0.0.1/udp/4001/quic-v1', /a TCP address of this machine/],
  ])('says in one line why it cannot listen on %s', async (address, why) => {
    const { code, stderr } = await chatP2p(['relay', '-i', 'relay1', '--listen', address], { cwd: folder.dir })
    expect(code).toBe(2)
    expectOneLine(stderr, why)
    expect(stderr).not.toMatch(/libp2p|transportManager/)
  })

  test('a host that finds no relay says so, and can be called when one comes', async () => {
    const host = start('host', 'chat-p2p', '--to', String(basePort), '--health-interval', '0', '-i', 'user1')
    await host.sees(/WARNING user1: no relay could be reached, trying on/)
    start('relay', '-i', 'relay1')
    await host.sees(/INFO user1: relay1 is up/)
    await host.sees(/reachable through relay1/)
  })

  test('says in one line that a user is no relay', async () => {
    const { code, stderr } = await chatP2p(['relay', '-i', 'user1'], { cwd: folder.dir })
    expect(code).toBe(1)
    expectOneLine(stderr, /user1.*user.*relay/)
  })

  test('says in one line that a file is not there', async () => {
    const { code, stderr } = await chatP2p(['relay', '-i', 'relay9'], { cwd: folder.dir })
    expect(code).toBe(1)
    expectOneLine(stderr, /relay9/)
  })

  test('says in one line that a file is damaged', async () => {
    writeFileSync(identityFile('relay1'), readFileSync(identityFile('relay1'), 'utf8').slice(0, 100))
    const { code, stderr } = await chatP2p(['relay', '-i', 'relay1'], { cwd: folder.dir })
    expect(code).toBe(1)
    expectOneLine(stderr, /relay1/)
  })

  test('refuses a key that others can read', async () => {
    chmodSync(identityFile('relay1'), 0o644)
    const { code, stderr } = await chatP2p(['relay', '-i', 'relay1'], { cwd: folder.dir })
    expect(code).toBe(1)
    expectOneLine(stderr, /chmod 600/)
  })

  test('says in one line that an address is none', async () => {
    const { code, stderr } = await chatP2p(['relay', '-i', 'relay1', '--listen', 'localhost:4001'], { cwd: folder.dir })
    expect(code).toBe(2)
    expectOneLine(stderr, /localhost:4001.*multiaddr/)
  })

  test('without an identity is wrong usage', async () => {
    expect((await chatP2p(['relay'], { cwd: folder.dir })).code).toBe(2)
  })
})
