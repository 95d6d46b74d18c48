import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bin, type RunningCli } from '../support/cli.js'
import { Fleet, tcpClient, tcpServer, untilLine } from '../support/fleet.js'

let fleet: Fleet
beforeAll(async () => {
  fleet = await Fleet.start()
})
afterAll(() => fleet.stop())

/** As `2> >(head -1)`: the first line of the log is read, and then nobody reads any more. */
async function readerLeaves(cli: RunningCli): Promise<void> {
  await expect.poll(() => cli.lines.length).toBeGreaterThan(0)
  const { stderr } = cli.child
  stderr!.destroy()
  await once(stderr!, 'close')
}

test('a log reader that goes away ends neither relay nor host nor forward, and connections go on', async () => {
  const target = await tcpServer((socket) => socket.pipe(socket))
  const relay = fleet.start('relay', '-i', 'relay1', '-v', '--listen', '/ip4/127.0.0.1/tcp/0')
  const host = await fleet.host('server1', target.port)
  const { cli: forward, port } = await fleet.forward('server1')
  await untilLine(forward, /leads to server1/)
  await untilLine(relay, /is up/)
  for (const cli of [relay, host, forward]) await readerLeaves(cli)
  for (let count = 0; count < 3; count++) {
    const client = await tcpClient(port)
    client.end(`hello ${count}`)
    const [bytes] = await once(client, 'data')
    expect(String(bytes)).toBe(`hello ${count}`)
    await once(client, 'end')
  }
  for (const cli of [forward, host, relay]) {
    expect(cli.child.exitCode).toBeNull()
    cli.child.kill('SIGINT')
    expect(await cli.exited()).toBe(130)
  }
  await target.close()
})

describe.skipIf(!existsSync('/dev/full'))('on a full disk', () => {
  async function run(args: string[], full: Array<'stdout' | 'stderr'>) {
    const to = (stream: 'stdout' | 'stderr') => (full.includes(stream) ? openSync('/dev/full', 'w') : 'pipe')
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: fleet.dir,
      stdio: ['ignore', to('stdout'), to('stderr')],
    })
    let stderr = ''
    child.stderr?.on('data', (data) => {
      stderr += data
    })
    const [code] = await once(child, 'close')
    return { code, stderr }
  }
  const revision = async () => JSON.parse((await fleet.succeeds('network', 'show', '--json')).stdout).revision
  const lost = /^chat-p2p: The output could not be written: no space is left on the device\.\n$/

  test.each([[['stdout' as const]], [['stderr' as const]], [['stdout' as const, 'stderr' as const]]])(
    'a publish with %j full is done whole, and says so with its exit code',
    async (full) => {
      const before = await revision()
      const { code, stderr } = await run(['network', 'publish', '--network-name', `full ${full.join()}`], full)
      expect(code).toBe(0)
      expect(stderr).not.toContain('    at ')
      expect(await revision()).toBe(before + 1)
    },
  )

  test.each([[['list', 'ssh', '-i', 'admin', '--json']], [['network', 'show']], [['identity', 'show']], [['--help']]])(
    '%j, which only shows something, fails with one line',
    async (args) => {
      const { code, stderr } = await run(args, ['stdout'])
      expect(code).toBe(1)
      expect(stderr).toMatch(lost)
    },
  )

  test('what goes wrong keeps its exit code', async () => {
    expect((await run(['identity', 'show', 'nobody'], ['stderr'])).code).toBe(1)
    expect((await run(['nosuch'], ['stderr'])).code).toBe(2)
  })

  test('a host whose log is full serves', async () => {
    const target = await tcpServer((socket) => socket.end('here'))
    const args = ['host', 'ssh', '--to', `${target.port}`, '-i', 'server2']
    const host = spawn(process.execPath, [bin, ...args], {
      cwd: fleet.dir,
      stdio: ['ignore', 'ignore', openSync('/dev/full', 'w')],
    })
    await expect
      .poll(async () => (await fleet.run('list', 'ssh', '-i', 'admin')).stdout, { timeout: 30_000 })
      .toMatch(/^server2 /m)
    expect(await fleet.run('stdio', 'ssh', 'server2', '-i', 'admin')).toMatchObject({ code: 0, stdout: 'here' })
    host.kill('SIGTERM')
    expect(await once(host, 'exit')).toEqual([0, null])
    await target.close()
  })
})
