import { createCipheriv, createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import path from 'node:path'
import { finished } from 'node:stream/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { RunningCli } from '../support/cli.js'
import { carrier, Fleet, tcpClient, tcpServer, untilLine } from '../support/fleet.js'
import { freePorts } from '../support/free-ports.js'
import { SilentTarget } from '../support/silent-target.js'

/** How much is sent while relays die; 1024 for the figure in docs/ssh.md. */
const mebibytes = Number(process.env.CHAT_P2P_FORWARD_MIB ?? 32)

let fleet: Fleet
beforeAll(async () => {
  fleet = await Fleet.start()
})
afterAll(() => fleet.stop())

const closing: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** The same bytes for the same seed, as fast as a cipher makes them. */
function* noise(seed: number, bytes: number): Generator<Buffer> {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16))
  const zeros = Buffer.alloc(256 * 1024)
  for (let left = bytes; left > 0; left -= zeros.byteLength)
    yield cipher.update(zeros.subarray(0, Math.min(left, zeros.byteLength)))
}

function digest(chunks: Iterable<Buffer>): string {
  const hash = createHash('sha256')
  for (const chunk of chunks) hash.update(chunk)
  return hash.digest('hex')
}

async function send(socket: Socket, chunks: Iterable<Buffer>): Promise<void> {
  for (const chunk of chunks) if (!socket.write(chunk)) await once(socket, 'drain')
  socket.end()
}

async function receive(
  socket: Socket,
  onBytes: (total: number) => void = () => {},
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  socket.on('data', (chunk: Buffer) => {
    hash.update(chunk)
    bytes += chunk.byteLength
    onBytes(bytes)
  })
  await finished(socket, { writable: false })
  return { bytes, sha256: hash.digest('hex') }
}

/** A target served by this process, and its host. Without probes: what connects is a caller. */
async function offer(serve: (socket: Socket) => void, ...hostFlags: string[]) {
  const target = await tcpServer(serve)
  const host = await fleet.host('server1', target.port, '--health-interval', '0', ...hostFlags)
  closing.push(
    () => end(host),
    () => target.close(),
  )
  return host
}

/** The same, with a forward to it. */
async function reach(serve: (socket: Socket) => void, ...hostFlags: string[]) {
  const host = await offer(serve, ...hostFlags)
  const { cli: forward, port } = await fleet.forward('server1')
  closing.unshift(() => end(forward))
  return { host, forward, port }
}

/** As Ctrl-C would; everything ends in order. */
async function end(cli: RunningCli): Promise<void> {
  cli.child.kill('SIGINT')
  expect(await cli.exited()).toBe(130)
}

/** Resident memory of a process, MiB. */
function residentMib(cli: RunningCli): number {
  const status = readFileSync(`/proc/${cli.child.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
}

describe('through a forward', () => {
  test('bytes arrive exactly, both ways at once, with a half close each way', async () => {
    const size = 6 * 1024 * 1024
    const atTarget = Promise.withResolvers<{ sha256: string }>()
    const { host, forward, port } = await reach((socket) => {
      receive(socket).then(atTarget.resolve, atTarget.reject)
      void send(socket, noise(2, size))
    })
    const client = await tcpClient(port)
    const [got] = await Promise.all([receive(client), send(client, noise(1, size))])
    expect(got.sha256).toBe(digest(noise(2, size)))
    expect((await atTarget.promise).sha256).toBe(digest(noise(1, size)))
    await forward.sees(/#1 ended: received 6\.00 MiB, sent 6\.00 MiB, .*, via relay/)
    await untilLine(host, /#1 admin \(12D3Koo\w+\) connected, via relay\d/)
    await untilLine(host, /#1 admin ended: received 6\.00 MiB, sent 6\.00 MiB, .*, via relay/)
  })

  test('the other direction goes on after a half close', async () => {
    const { port } = await reach((socket) => {
      let question = ''
      socket.on('data', (bytes) => (question += bytes))
      socket.on('end', () => socket.end(`you said ${question}`))
    })
    const client = await tcpClient(port)
    client.end('hello')
    let answer = ''
    client.on('data', (bytes) => (answer += bytes))
    await once(client, 'end')
    expect(answer).toBe('you said hello')
  })

  test('with --proxy-protocol the target reads first who is calling', async () => {
    const received = Promise.withResolvers<Buffer>()
    const { port } = await reach((socket) => {
      const all: Buffer[] = []
      socket.on('data', (bytes: Buffer) => all.push(bytes)).on('end', () => received.resolve(Buffer.concat(all)))
      socket.end()
    }, '--proxy-protocol')
    ;(await tcpClient(port)).resume().end('hello')
    const bytes = await received.promise
    expect(bytes.subarray(0, 14).toString('hex')).toBe('0d0a0d0a000d0a515549540a2111')
    expect(bytes.subarray(28, 36).toString('latin1')).toBe('\xe0\0\x05admin')
    expect(bytes.subarray(16 + bytes.readUInt16BE(14)).toString()).toBe('hello')
  })

  test('an identity that is revoked loses its open connection', async () => {
    const { host } = await reach((socket) => socket.write('in'))
    await fleet.succeeds('identity', 'create', 'guest', '--role', 'admin')
    const cli = fleet.start('forward', 'ssh', 'server1', '--listen', '127.0.0.1:0', '-i', 'guest')
    closing.unshift(() => cli.kill())
    const client = await tcpClient(Number((await untilLine(cli, /^127\.0\.0\.1:\d+$/)).split(':')[1]))
    await once(client, 'data')
    const cut = once(client.resume(), 'end').then(
      () => 'an end in order',
      (error) => error.code,
    )
    await fleet.succeeds('identity', 'revoke', 'guest')
    // Whoever has the new document hands it on.
    await fleet.succeeds('list', 'ssh', '-i', 'server2')
    await untilLine(host, /#1 guest broke off/)
    await untilLine(cli, /#1 broke off/)
    expect(await cut).toBe('ECONNRESET')
  })

  test('a hundred connections at once are each a session of their own', async () => {
    const { host, port } = await reach((socket) => socket.pipe(socket))
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const client = await tcpClient(port)
        const [{ sha256 }] = await Promise.all([receive(client), send(client, noise(index, 50_000))])
        return sha256 === digest(noise(index, 50_000))
      }),
    )
    expect(answers).toEqual(answers.map(() => true))
    await untilLine(host, /#100 admin ended: received 48\.8 KiB, sent 48\.8 KiB/)
  })

  test('a reset reaches the other end as a reset', async () => {
    const reset = Promise.withResolvers<string>()
    const { forward, port } = await reach((socket) => {
      socket.on('error', (error: NodeJS.ErrnoException) => reset.resolve(error.code ?? ''))
      socket.write('hello')
      socket.resume()
    })
    const client = await tcpClient(port)
    await once(client, 'data')
    client.resetAndDestroy()
    expect(await reset.promise).toBe('ECONNRESET')
    await forward.sees(/#1 broke off \(the connection was reset\)/)
  })

  test.skipIf(!existsSync('/proc/self/status'))(
    'a slow reader holds the sender, and no memory grows meanwhile',
    async () => {
      const size = 64 * 1024 * 1024
      let socketAtTarget: Socket | undefined
      const { host, forward, port } = await reach((socket) => {
        socketAtTarget = socket
        void send(socket, noise(3, size))
      })
      const client = await tcpClient(port)
      client.pause()
      // It stands still when nothing more is taken from the target while others are served.
      const before = [residentMib(host), residentMib(forward)]
      expect(Math.min(...before)).toBeGreaterThan(1)
      let taken = -1
      await expect
        .poll(
          () => {
            const now = socketAtTarget === undefined ? -2 : socketAtTarget.bytesWritten - socketAtTarget.writableLength
            const still = now === taken
            taken = now
            return still
          },
          { interval: 1_000, timeout: 60_000 },
        )
        .toBe(true)
      expect(taken).toBeLessThan(40 * 1024 * 1024)
      const grown = [residentMib(host), residentMib(forward)].map((mib, index) => mib - before[index]!)
      expect(Math.max(...grown)).toBeLessThan(64)
      const receiving = receive(client)
      client.resume().end()
      const { sha256 } = await receiving
      expect(sha256).toBe(digest(noise(3, size)))
    },
  )

  test(
    `${mebibytes} MiB each way arrive exactly while the relay that carries them is killed twice`,
    async () => {
      const size = mebibytes * 1024 * 1024
      const atTarget = Promise.withResolvers<{ sha256: string }>()
      const { host, forward, port } = await reach((socket) => {
        receive(socket).then(atTarget.resolve, atTarget.reject)
        void send(socket, noise(5, size))
      })
      const client = await tcpClient(port)
      const killed: string[] = []
      const quarters: Array<() => void> = []
      const reached = [1, 2].map((quarter) => new Promise<void>((resolve) => (quarters[quarter] = resolve)))
      const receiving = receive(client, (total) => {
        if (total > size / 4) quarters[1]?.()
        if (total > size / 2) quarters[2]?.()
      })
      const sending = send(client, noise(4, size))
      const startMs = performance.now()
      for (const quarter of reached) {
        await quarter
        const relay = carrier(forward, 1)
        const moved = untilLine(forward, new RegExp(`#1 moved from ${relay} to `))
        await fleet.killRelay(relay)
        killed.push(relay)
        await moved
      }
      const [got] = await Promise.all([receiving, sending])
      const seconds = (performance.now() - startMs) / 1000
      expect(got).toEqual({ bytes: size, sha256: digest(noise(5, size)) })
      expect((await atTarget.promise).sha256).toBe(digest(noise(4, size)))
      expect(new Set(killed).size).toBe(2)
      await untilLine(forward, /#1 ended: received/)
      const moves = forward.lines
        .filter((line) => line.includes('moved from'))
        .map((line) => line.replace(/^.*#1 /, ''))
      console.log(
        `${mebibytes} MiB each way in ${seconds.toFixed(1)} s, ${killed.join(' and ')} killed: ${moves.join('; ')}`,
      )
      for (const relay of killed) await fleet.startRelay(relay)
      for (const relay of killed) await host.sees(new RegExp(`reachable through ${relay}`))
    },
    mebibytes > 100 ? 1_800_000 : undefined,
  )
})

describe('a direct connection', () => {
  test('is what a connection moves to by itself, and both sides say between which addresses', async () => {
    const target = await tcpServer((socket) => void socket.pipe(socket))
    const host = await fleet.hostAnyhow('server1', target.port)
    const { cli: forward, port } = await fleet.forward('server1')
    closing.push(
      () => end(forward),
      () => end(host),
      () => target.close(),
    )
    const client = await tcpClient(port)
    const ends = String.raw`relay\d to direct \((127\.0\.0\.1:\d+) – (127\.0\.0\.1:\d+)\)`
    const here = new RegExp(`#1 moved from ${ends}`).exec(await untilLine(forward, new RegExp(`#1 moved from ${ends}`)))
    const there = new RegExp(`#1 admin moved from ${ends}`)
    expect(there.exec(await untilLine(host, there))?.slice(1)).toEqual([here?.[2], here?.[1]])
    client.end('to and fro')
    expect((await receive(client)).sha256).toBe(digest([Buffer.from('to and fro')]))
    await untilLine(forward, /#1 ended: .*, via relay\d, direct$/)
  })
})

describe('a target that is down', () => {
  test('is said to the caller in one line, and without naming an instance the next host answers', async () => {
    const [down] = await freePorts(1)
    const up = await tcpServer((socket) => socket.end('server2'))
    const hosts = [await fleet.host('server1', down!, '--health-interval', '10'), await fleet.host('server2', up.port)]
    await untilLine(hosts[0]!, /WARNING server1: 127.0.0.1:\d+ refuses connections; ssh is marked failed/)
    closing.push(...hosts.map((host) => () => end(host)), () => up.close())

    const named = await fleet.run('stdio', 'ssh', 'server1', '-i', 'admin')
    expect(named).toEqual({
      code: 1,
      stdout: '',
      stderr: "chat-p2p: 'server1' takes no call now: the target of this host refuses connections\n",
    })
    const any = await fleet.forward()
    closing.push(() => end(any.cli))
    for (let round = 0; round < 5; round++) {
      const { bytes } = await receive((await tcpClient(any.port)).end())
      expect(bytes).toBe('server2'.length)
    }
    expect(any.cli.lines.filter((line) => line.includes('connected to server2'))).toHaveLength(5)

    // It comes back, and is not marked any more.
    const back = await tcpServer((socket) => socket.end('server1'), down)
    closing.push(() => back.close())
    await untilLine(hosts[0]!, /takes connections again/)
    expect(await fleet.run('stdio', 'ssh', 'server1', '-i', 'admin')).toMatchObject({ code: 0, stdout: 'server1' })
  })
})

test.skipIf(process.platform !== 'linux')(
  'forty callers of a silent target are all told, and hold up nobody who calls another host',
  async () => {
    const silent = await SilentTarget.start()
    const up = await tcpServer((socket) => socket.end('server2'))
    const hosts = [await fleet.host('server1', silent.port), await fleet.host('server2', up.port)]
    const { cli, port } = await fleet.forward('server1')
    closing.push(
      () => end(cli),
      ...hosts.map((host) => () => end(host)),
      () => up.close(),
      () => silent.close(),
    )
    const callers = await Promise.all(Array.from({ length: 40 }, () => tcpClient(port)))
    const ends = callers.map((caller) => once(caller.resume(), 'end').catch((error) => error.code))
    expect(await fleet.run('stdio', 'ssh', 'server2', '-i', 'admin')).toMatchObject({ code: 0, stdout: 'server2' })
    expect(await Promise.all(ends)).toEqual(callers.map(() => 'ECONNRESET'))
    const lines = () =>
      cli.lines.filter((line) => /was not connected: .*the target of this host did not answer/.test(line))
    await expect.poll(() => lines().length).toBe(40)
    const told = lines()
    const times = told.map((line) => Number(/\[ *([\d.]+)\]/.exec(line)?.[1]))
    console.log(`40 callers of a silent target: told within ${(Math.max(...times) - Math.min(...times)).toFixed(1)} s`)
  },
)

test.skipIf(process.platform === 'win32')('from Unix socket to Unix socket', async () => {
  const at = (name: string) => path.join(fleet.dir, name)
  const target = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(at('target.sock'))
  const host = fleet.start('host', 'ssh', '--to', `unix:${at('target.sock')}`, '-i', 'server1')
  await untilLine(host, /INFO server1: unix:.*target\.sock is server1@ssh/)
  const forward = fleet.start('forward', 'ssh', 'server1', '--listen', `unix:${at('local.sock')}`, '-i', 'admin')
  closing.push(
    () => end(forward),
    () => end(host),
    async () => target.close(),
  )
  await untilLine(forward, /^unix:.*local\.sock$/)
  const client = connect({ path: at('local.sock'), allowHalfOpen: true })
  const [{ sha256 }] = await Promise.all([receive(client), send(client, noise(7, 300_000))])
  expect(sha256).toBe(digest(noise(7, 300_000)))
  await untilLine(forward, /#1 ended: received 293 KiB, sent 293 KiB/)
})

test('without naming an instance, a host that is full is passed over, until all are', async () => {
  const target = await tcpServer((socket) => socket.write('in'))
  const flags = ['--max-connections', '2', '--max-per-caller', '2', '--health-interval', '0']
  const hosts = [await fleet.host('server1', target.port, ...flags), await fleet.host('server2', target.port, ...flags)]
  const { cli, port } = await fleet.forward()
  closing.push(
    () => end(cli),
    ...hosts.map((host) => () => end(host)),
    () => target.close(),
  )
  for (let count = 0; count < 4; count++) await once(await tcpClient(port), 'data')
  const connected = cli.lines.map((line) => /connected to (\w+)/.exec(line)?.[1]).filter((name) => name !== undefined)
  expect(connected.sort()).toEqual(['server1', 'server1', 'server2', 'server2'])
  await expect(once((await tcpClient(port)).resume(), 'end')).rejects.toMatchObject({ code: 'ECONNRESET' })
  await cli.sees(
    /#5 was not connected: an instance of 'ssh' takes no call now: all 2 connections of this host are in use/,
  )
})

describe('what cannot work is said in one line', () => {
  test.each([
    ['an instance nobody has seen', ['stdio', 'ssh', 'server9', '-i', 'admin'], /'server9'.*'ssh'/],
    ['a service the network does not have', ['stdio', 'web', 'server1', '-i', 'admin'], /no service 'web'/],
    [
      'no permission to dial',
      ['stdio', 'ssh', 'server1', '-i', 'user1'],
      /user1 may not dial service 'ssh': it takes #admin, and user1 has #chat/,
    ],
    ['a service to forward that is unknown', ['forward', 'web', '--listen', '0', '-i', 'admin'], /no service 'web'/],
    ['a service to host that is unknown', ['host', 'web', '--to', '22', '-i', 'server1'], /no service 'web'/],
    [
      'no permission to bind',
      ['host', 'ssh', '--to', '22', '-i', 'admin'],
      /admin may not bind service 'ssh': it takes #server, and admin has #admin/,
    ],
    [
      "another's instance id",
      ['host', 'ssh', '--to', '22', '-i', 'server1', '--instance', 'server2'],
      /may not bind 'server2' .*only 'server1'/,
    ],
    [
      'an identity that is not there',
      ['forward', 'ssh', 'server1', '--listen', '0', '-i', 'nobody'],
      /no identity 'nobody'/,
    ],
    ['a relay instead of a user', ['host', 'ssh', '--to', '22', '-i', 'relay1'], /relay1 is a relay identity/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await fleet.run(...args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^chat-p2p: [^\n]+\n$/)
    expect(stderr).toMatch(message)
  })

  test('a port in use', async () => {
    const other = await tcpServer(() => {})
    closing.push(() => other.close())
    const { code, stderr } = await fleet.run('forward', 'ssh', 'server1', '--listen', `${other.port}`, '-i', 'admin')
    expect(code).toBe(1)
    expect(stderr).toBe(
      `chat-p2p: 127.0.0.1:${other.port} is in use by another program: choose another port, or 0 for any free one.\n`,
    )
  })

  test('a host that is not there yet is a warning of the forward, which then finds it', async () => {
    const { cli, port } = await fleet.forward('server2')
    closing.push(() => end(cli))
    await cli.sees(/WARNING admin: not now: .*server2/)
    const failed = await tcpClient(port)
    await expect(once(failed.resume(), 'end')).rejects.toMatchObject({ code: 'ECONNRESET' })
    await cli.sees(/WARNING admin: #1 was not connected: .*server2/)
    const target = await tcpServer((socket) => socket.end('here now'))
    const host = await fleet.host('server2', target.port)
    closing.push(
      () => end(host),
      () => target.close(),
    )
    expect((await receive((await tcpClient(port)).end())).bytes).toBe(8)
  })

  test('a caller that --allow leaves out', async () => {
    const target = await tcpServer((socket) => socket.end('secret'))
    const host = await fleet.host('server1', target.port, '--allow', 'root', '--allow', '#ops')
    closing.push(
      () => end(host),
      () => target.close(),
    )
    const { code, stdout, stderr } = await fleet.run('stdio', 'ssh', 'server1', '-i', 'admin')
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: "chat-p2p: 'server1' declined: this host does not allow it\n",
    })
    await untilLine(host, /WARNING server1: admin \(12D3Koo\w+\) was declined: not on the --allow list/)
  })

  test('one connection more than --max-connections', async () => {
    const { host, port } = await reach((socket) => socket.write('in'), '--max-connections', '1')
    const first = await tcpClient(port)
    await once(first, 'data')
    const { code, stderr } = await fleet.run('stdio', 'ssh', 'server1', '-i', 'admin')
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "chat-p2p: 'server1' takes no call now: all 1 connections of this host are in use\n",
    })
    await untilLine(host, /WARNING server1: admin was turned away: all 1 connections of this host are in use/)
    first.destroy()
  })
})

describe('stdio', () => {
  test('is binary safe, and its output is complete when it exits', async () => {
    const size = 4 * 1024 * 1024
    await offer((socket) => void send(socket, noise(6, size)))
    const cli = fleet.start('stdio', 'ssh', 'server1', '-i', 'admin')
    // Read as bytes, not as lines.
    const stdout = cli.child.stdout!.removeAllListeners('data')
    const hash = createHash('sha256')
    stdout.on('data', (bytes: Buffer) => hash.update(bytes))
    cli.child.stdin!.end()
    expect(await cli.exited()).toBe(0)
    expect(hash.digest('hex')).toBe(digest(noise(6, size)))
  })

  test('ends when the other side does, although its input stays open', async () => {
    await offer((socket) => socket.end('bye\n'))
    const cli = fleet.start('stdio', 'ssh', 'server1', '-i', 'admin')
    await cli.sees(/^bye$/)
    expect(await cli.exited()).toBe(0)
  })

  test('fails in one line when the other side resets', async () => {
    await offer((socket) => socket.once('data', () => socket.resetAndDestroy()))
    const cli = fleet.start('stdio', 'ssh', 'server1', '-i', 'admin')
    cli.type('hello')
    expect(await cli.exited()).toBe(1)
    expect(cli.lines).toEqual([expect.stringMatching(/^chat-p2p: The connection to 'server1' broke off: .*was reset/)])
  })

  test.each(['SIGHUP', 'SIGTERM', 'SIGINT'] as const)('ends in order on %s', async (signal) => {
    const ended = Promise.withResolvers<string>()
    await offer((socket) => {
      let all = ''
      socket.write('ready\n')
      socket.on('data', (bytes) => (all += bytes)).on('end', () => socket.end(() => ended.resolve(all)))
    })
    const cli = fleet.start('stdio', 'ssh', 'server1', '-i', 'admin')
    await cli.sees(/^ready$/)
    cli.type('last words')
    cli.child.kill(signal)
    expect(await ended.promise).toBe('last words\n')
    expect(await cli.exited()).toBe(signal === 'SIGINT' ? 130 : 0)
  })

  test('a reader that stops early ends it without a failure', async () => {
    await offer((socket) => void send(socket, noise(7, 64 * 1024 * 1024)).catch(() => {}))
    const cli = fleet.start('stdio', 'ssh', 'server1', '-i', 'admin')
    await once(cli.child.stdout!, 'data')
    cli.child.stdout!.destroy()
    expect(await cli.exited()).toBe(0)
    expect(cli.lines.filter((line) => line.startsWith('chat-p2p'))).toEqual([])
  })
})
