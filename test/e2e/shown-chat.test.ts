import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setupNetwork } from '../../src/cli/setup.js'
import { bin, chatP2p, RunningCli, temporaryFolder } from '../support/cli.js'
import { freePorts } from '../support/free-ports.js'
import { hasTmux, TestTerminal } from '../support/terminal.js'
import { expectShown } from '../support/transcript.js'

let folder: ReturnType<typeof temporaryFolder>
const running: RunningCli[] = []
const terminals: TestTerminal[] = []

/** A network with one relay and somebody to talk to, as `npm start` makes it with three. */
beforeAll(async () => {
  folder = temporaryFolder()
  await setupNetwork({ dir: folder.dir, users: ['user1', 'user2', 'echo'], relayPorts: await freePorts(1) })
  const relay = RunningCli.start(['relay', '-i', 'relay1'], folder.dir)
  running.push(relay)
  await relay.sees(/is up/)
  const echo = RunningCli.start(['echo', '-i', 'echo'], folder.dir)
  running.push(echo)
  await echo.sees(/repeating what is said/)
})

afterAll(async () => {
  for (const terminal of terminals) terminal.close()
  await Promise.all(running.map((cli) => cli.kill()))
  folder?.remove()
})

async function chat(user: string): Promise<TestTerminal> {
  const command = `'${process.execPath}' '${bin}' -i ${user}; exec cat`
  const terminal = new TestTerminal(command, { cwd: folder.dir, columns: 160, rows: 60 })
  terminals.push(terminal)
  await terminal.shows(new RegExp(`^${user} >$`, 'm'))
  return terminal
}

describe.skipIf(!hasTmux)('two people at terminals', () => {
  test('see what docs/chat.md shows, line by line', async () => {
    const [user1, user2] = [await chat('user1'), await chat('user2')]
    const asksUntil = async (pattern: RegExp) => {
      await expect
        .poll(async () => (await chatP2p(['list', '-i', 'echo'], { cwd: folder.dir })).stdout, { timeout: 60_000 })
        .toMatch(pattern)
    }
    await asksUntil(/user1[\s\S]*user2/)
    user1.line('/list')
    await user1.shows(/3: user2$/m)
    user1.line('/connect user2')
    await user2.shows(/^Incoming connection from user1/m)
    user2.line('/accept')
    await user1.shows(/^connected to user2$/m)
    user2.line('Hello!')
    await user1.shows(/^user2: Hello!$/m)
    user1.line('Hi!')
    await user2.shows(/^user1: Hi!$/m)
    user1.line('/bye')
    await user2.shows(/^user1 disconnected$/m)
    user2.line('/connect user1 lunch?')
    await user1.shows(/^Incoming connection from user2/m)
    user1.line('/decline in a meeting')
    const theirs = await user2.shows(/^user1 declined: /m)
    user1.line('/connect nobody')
    await user1.shows(/^nobody called nobody /m)
    user1.line('/quit')
    const ours = await user1.shows(/> \/quit$/)

    expectShown('docs/chat.md', '[   0.000]', ours, 'all of it')
    const begin = theirs.indexOf('Incoming connection')
    const prompt = /\nuser2 >$/
    expectShown('docs/chat.md', 'Incoming connection', theirs.slice(begin).replace(prompt, ''), 'all of it')
  })
})
