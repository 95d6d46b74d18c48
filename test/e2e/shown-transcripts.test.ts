import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { setupNetwork } from '../../src/cli/setup.js'
import { bin, RunningCli, temporaryFolder } from '../support/cli.js'
import { freePorts } from '../support/free-ports.js'
import { expectShown } from '../support/transcript.js'

let folder: ReturnType<typeof temporaryFolder>
const running: RunningCli[] = []
const relays = ['relay1', 'relay2', 'relay3']

function start(...args: string[]): RunningCli {
  const cli = RunningCli.start(args, folder.dir)
  running.push(cli)
  return cli
}

/** What a command that succeeds says, on stdout and stderr, in the order in which a terminal shows it. */
async function says(args: string[], cwd = folder.dir): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-c', 'exec "$0" "$@" 2>&1', process.execPath, bin, ...args], {
    cwd,
  })
  return stdout
}

beforeAll(async () => {
  folder = temporaryFolder()
  const relayPorts = await freePorts(relays.length)
  await setupNetwork({ dir: folder.dir, users: ['user1', 'user2', 'user3', 'user4'], relayPorts })
  const started = relays.map((name) => start('relay', '-i', name))
  await Promise.all(started.map((relay) => relay.sees(/is up/)))
})

afterAll(async () => {
  await Promise.all(running.map((cli) => cli.kill()))
  folder?.remove()
})

test('a service that is new, who may offer and call it, and its host, say what docs/ssh.md shows', async () => {
  const commands = [
    ['network', 'publish', '--service', 'ssh', '--bind', '#server', '--dial', '#admin'],
    ['identity', 'create', 'server1', '--role', 'server'],
    ['identity', 'create', 'admin', '--role', 'admin'],
  ]
  let said = ''
  for (const command of commands) said += await says(command)
  expectShown('docs/ssh.md', "$ chat-p2p network publish --service ssh --bind '#server'", said, 'all of it')

  const host = start('host', 'ssh', '--to', '127.0.0.1:22', '-i', 'server1')
  for (const relay of relays) {
    await expect.poll(() => host.lines.join('\n'), { timeout: 60_000 }).toContain(`reachable through ${relay}`)
  }
  expectShown('docs/ssh.md', '$ chat-p2p host ssh', host.lines, 'all of it, in some order')
})

test('an invitation and a join say what the README shows', async () => {
  const invited = await says(['invite', 'bob', '--role', 'chat'])
  const line = invited.split('\n').find((each) => each.startsWith('chat-p2p-join-1-'))!
  const theirs = temporaryFolder()
  try {
    const joined = await says(['join', line], theirs.dir)
    const here = /^It is good on this machine only, .*\n/m // as the relays of the test are, and those of the README are not
    expect(invited).toMatch(here)
    expectShown('README.md', '$ chat-p2p invite bob --role chat', invited.replace(here, '') + joined, 'all of it')
  } finally {
    theirs.remove()
  }
})
