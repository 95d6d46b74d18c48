import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { bin, type RunningCli } from '../support/cli.js'
import { carrier, Fleet, tcpClient, untilLine } from '../support/fleet.js'
import { freePorts } from '../support/free-ports.js'
import { expectShown } from '../support/transcript.js'

const sshd = '/usr/sbin/sshd'
const has = (program: string) => {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`])
    return true
  } catch {
    return false
  }
}
const missing = [...(existsSync(sshd) ? [] : ['sshd']), ...['ssh', 'scp', 'ssh-keygen'].filter((name) => !has(name))]
if (missing.length > 0)
  console.warn(`SKIPPED: ssh over chat-p2p is not tested here, as there is no ${missing.join(', ')}`)
if (!has('rsync')) console.warn('SKIPPED: rsync over chat-p2p is not tested here, as there is no rsync')

let fleet: Fleet
let host: RunningCli
let server: ChildProcess
let serverPort: number
const at = (file: string) => path.join(fleet.dir, file)

/** A server of our own with throw-away keys; nothing of the machine's configuration is read or written. */
async function startSshd(): Promise<void> {
  mkdirSync(at('ssh'))
  for (const key of ['host_key', 'user_key']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(`ssh/${key}`)])
  }
  ;[serverPort] = (await freePorts(1)) as [number]
  const config = [
    `ListenAddress 127.0.0.1:${serverPort}`,
    `HostKey ${at('ssh/host_key')}`,
    `AuthorizedKeysFile ${at('ssh/user_key.pub')}`,
    `PidFile ${at('ssh/sshd.pid')}`,
    'UsePAM no',
    'StrictModes no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin yes',
    'MaxStartups 100',
    'Subsystem sftp internal-sftp',
  ]
  writeFileSync(at('ssh/sshd_config'), `${config.join('\n')}\n`)
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true }) // where it drops its privileges
  server = spawn(sshd, ['-D', '-e', '-f', at('ssh/sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] })
  await once(server.stderr!, 'data') // Server listening on …
  server.stderr!.resume()
}

const options = (identity = 'admin') => [
  ...['-F', 'none', '-i', at('ssh/user_key'), '-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes'],
  ...['-o', 'StrictHostKeyChecking=accept-new', '-o', `UserKnownHostsFile=${at('ssh/known_hosts')}`],
  ...['-o', `ProxyCommand='${process.execPath}' '${bin}' stdio ssh %h -i ${identity}`],
]
const user = userInfo().username

interface Done {
  code: number
  stdout: string
  stderr: string
}

function run(program: string, args: string[]): { child: ChildProcess; done: Promise<Done> } {
  const child = spawn(program, args, { cwd: fleet.dir, stdio: ['pipe', 'pipe', 'pipe'] })
  const done: Done = { code: -1, stdout: '', stderr: '' }
  child.stdout.on('data', (text) => (done.stdout += text))
  child.stderr.on('data', (text) => (done.stderr += text))
  return { child, done: once(child, 'close').then(([code]) => ({ ...done, code: code as number })) }
}

const ssh = (to: string, ...command: string[]) => {
  const { child, done } = run('ssh', [...options(), `${user}@${to}`, ...command])
  child.stdin!.end()
  return done
}

function makeFile(name: string, mebibytes: number): string {
  writeFileSync(at(name), randomBytes(mebibytes * 1024 * 1024))
  return sha256(name)
}

const sha256 = (name: string) =>
  createHash('sha256')
    .update(readFileSync(at(name)))
    .digest('hex')

/** Number of the connection that the host logged last. */
const lastConnection = () =>
  Number(host.lines.map((line) => /#(\d+) admin .*connected/.exec(line)?.[1]).findLast((n) => n))

describe.skipIf(missing.length > 0)('ssh over chat-p2p', () => {
  beforeAll(async () => {
    fleet = await Fleet.start()
    await startSshd()
    host = await fleet.host('server1', serverPort)
  })

  afterAll(async () => {
    server?.kill()
    await fleet?.stop()
  })

  const killed: string[] = []
  /** Kills the relay that carries a connection, and waits until the host has it on another one. */
  async function killCarrier(connection: number): Promise<void> {
    const relay = carrier(host, connection)
    const moved = untilLine(host, new RegExp(`#${connection} admin moved from ${relay} to `))
    await fleet.killRelay(relay)
    killed.push(relay)
    await moved
  }
  afterEach(async () => {
    for (const relay of killed.splice(0)) {
      await fleet.startRelay(relay)
      await host.sees(new RegExp(`reachable through ${relay}`))
    }
  })

  test('a command runs on the machine that was named, with its output and exit code', async () => {
    expect(await ssh('server1', 'echo "$((6 * 7))"; exit 3')).toMatchObject({ code: 3, stdout: '42\n' })
    await untilLine(host, /#\d+ admin ended: received .*, sent .*, via relay/)
  })

  test('scp of a large file arrives exactly, there and back', async () => {
    const sum = makeFile('large', 32)
    expect(await run('scp', [...options(), 'large', `${user}@server1:${at('there')}`]).done).toMatchObject({ code: 0 })
    expect(sha256('there')).toBe(sum)
    expect(await run('scp', [...options(), `${user}@server1:${at('there')}`, 'back']).done).toMatchObject({ code: 0 })
    expect(sha256('back')).toBe(sum)
  })

  test.skipIf(!has('rsync'))('rsync of a large file arrives exactly', async () => {
    const sum = makeFile('synced', 24)
    const shell = ['ssh', ...options()].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
    // rsync splits the command itself and knows quotes, but not the shell's way to put one into another.
    writeFileSync(at('shell'), `#!/bin/sh\nexec ${shell} "$@"\n`, { mode: 0o755 })
    const copied = await run('rsync', ['-e', at('shell'), 'synced', `${user}@server1:${at('synced.there')}`]).done
    expect(copied).toMatchObject({ code: 0 })
    expect(sha256('synced.there')).toBe(sum)
  })

  test('scp in progress goes on when the relay that carries it is killed', async () => {
    makeFile('backup.tar', 64)
    const uptime = await ssh('server1', 'uptime')
    const [before, linesBefore] = [lastConnection(), host.lines.length]
    const copy = run('scp', [...options(), 'backup.tar', `${user}@server1:${at('copy.tar')}`])
    await expect
      .poll(() => (existsSync(at('copy.tar')) ? statSync(at('copy.tar')).size : 0), { interval: 5, timeout: 60_000 })
      .toBeGreaterThan(4 * 1024 * 1024)
    expect(statSync(at('copy.tar')).size).toBeLessThan(48 * 1024 * 1024)
    expect(lastConnection()).toBe(before + 1)
    await killCarrier(before + 1)
    expect(await copy.done).toMatchObject({ code: 0 })
    expect(sha256('copy.tar')).toBe(sha256('backup.tar'))

    await untilLine(host, new RegExp(`#${before + 1} admin ended`))
    const sums = ['backup.tar', 'copy.tar'].map((name) => `${sha256(name)}  ${name}\n`).join('') // as sha256sum prints them
    expectShown('README.md', '$ scp backup.tar', sums, 'all of it')
    expectShown('docs/ssh.md', '$ ssh server1 uptime', uptime.stdout + sums, 'all of it')
    const log = host.lines.slice(linesBefore)
    expectShown('README.md', '[   7.116]', log, 'some of it')
    expectShown('docs/ssh.md', '[   2.746]', log, 'some of it')
  })

  test('an open shell goes on when the relay that carries it is killed, twice', async () => {
    const { child, done } = run('ssh', [...options(), '-tt', `${user}@server1`, 'sh'])
    let screen = ''
    child.stdout!.on('data', (text) => (screen += text))
    const sees = (text: string) => expect.poll(() => screen, { timeout: 30_000 }).toContain(text)
    child.stdin!.write('echo first-$((1 + 1))\n')
    await sees('first-2')
    const connection = lastConnection()
    for (const [word, sum] of [
      ['second', 4],
      ['third', 6],
    ] as const) {
      await killCarrier(connection)
      child.stdin!.write(`echo ${word}-$((${sum} + 1))\n`)
      await sees(`${word}-${sum + 1}`)
    }
    child.stdin!.write('exit 5\n')
    expect((await done).code).toBe(5)
    expect(lastConnection()).toBe(connection)
  })

  test('a forward serves ssh as well', async () => {
    const { cli, port } = await fleet.forward('server1')
    const direct = options().slice(0, -2)
    const { child, done } = run('ssh', [...direct, '-p', `${port}`, `${user}@127.0.0.1`, 'echo through a port'])
    child.stdin!.end()
    expect(await done).toMatchObject({ code: 0, stdout: 'through a port\n' })
    await cli.kill()
  })

  test('ssh fails with the reason when the machine is not there', async () => {
    const { code, stderr } = await ssh('server7', 'true')
    expect(code).toBe(255)
    expect(stderr).toMatch(/^chat-p2p: .*'server7'.*$/m)
    expectShown('docs/ssh.md', '$ ssh server7', stderr, 'some of it') // the other lines are of this version of ssh
  })

  test('ssh fails with the reason when its server is down, and works when it is back', async () => {
    server.kill()
    await once(server, 'exit')
    await expect
      .poll(() =>
        tcpClient(serverPort).then(
          () => 'open',
          () => 'refused',
        ),
      )
      .toBe('refused')
    const { code, stderr } = await ssh('server1', 'true')
    expect(code).toBe(255)
    expect(stderr).toMatch(/^chat-p2p: 'server1' takes no call now: the target of this host refuses connections$/m)
    server = spawn(sshd, ['-D', '-e', '-f', at('ssh/sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] })
    await once(server.stderr!, 'data')
    server.stderr!.resume()
    await host.sees(/takes connections again/)
    expect(await ssh('server1', 'echo back')).toMatchObject({ code: 0, stdout: 'back\n' })
  })
})
