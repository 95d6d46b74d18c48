import { readdirSync, readFileSync, renameSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { chatP2p, RunningCli, temporaryFolder } from '../support/cli.js'
import { freePorts } from '../support/free-ports.js'

let folder: ReturnType<typeof temporaryFolder>
const running: RunningCli[] = []
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(async () => {
  // Leaving in order ends what it started; the kill is for what failed.
  for (const cli of running.reverse()) {
    cli.child.stdin?.end()
    await cli.exited().catch(() => cli.kill())
  }
  running.splice(0)
  folder.remove()
})

function start(...args: string[]): RunningCli {
  const cli = RunningCli.start(['quickstart', ...args], folder.dir)
  running.push(cli)
  return cli
}

const logs = () => {
  const at = path.join(folder.dir, 'identities', '.state', 'logs')
  return readdirSync(at).map((file) => readFileSync(path.join(at, file), 'utf8').trimEnd())
}

test('one command makes a network and somebody to talk to; a second one joins; leaving ends what was started', async () => {
  const user1 = start()
  await user1.sees(/^made a network in .*identities: user1 to user4, echo, and three relays$/)
  await user1.sees(/^started relay1, relay2, relay3, echo; they stop when you leave this chat$/)
  await user1.sees(/^in a second terminal: .* quickstart user2$/)
  await user1.sees(/registering to service/)
  user1.type('/connect echo')
  await user1.sees(/^connected to echo$/)
  user1.type('hello')
  await user1.sees(/^echo: hello$/)
  user1.type('/bye')

  const user2 = start('user2')
  await user2.sees(/registering to service/)
  expect(user2.lines.filter((line) => /^(made|started)/.test(line))).toEqual([])
  user2.type('/connect user1 here I am')
  await user1.sees(/^Incoming connection from user2 with appData 'here I am'/)
  user1.type('/accept')
  await user2.sees(/^connected to user1$/)
  user2.type('/quit')
  await user1.sees(/^user2 disconnected$/)
  user1.type('/quit')
  expect([await user1.exited(), await user2.exited()]).toEqual([0, 0])
  const ends = logs().map((text) => /stopping \(SIGTERM\)/.test(text))
  expect(ends).toEqual([true, true, true, true])
})

test('a network that is here is used as it is, its authority put away, and what is proposed exists', async () => {
  const [port] = await freePorts(1)
  const setup = ['setup', '--users', 'ann,bob', '--relays', '1', '--relay-base-port', String(port)]
  expect((await chatP2p(setup, { cwd: folder.dir })).code).toBe(0)
  renameSync(path.join(folder.dir, 'identities', 'authority.json'), path.join(folder.dir, 'put-away.json'))

  const nobody = await chatP2p(['quickstart'], { cwd: folder.dir })
  expect(nobody).toMatchObject({ code: 1, stderr: expect.stringMatching(/no identity 'user1'.* ann, bob, relay1/) })

  const ann = start('ann')
  await ann.sees(/^started relay1; they stop when you leave this chat$/)
  await ann.sees(/^in a second terminal: .* quickstart bob$/)
  await ann.sees(/registering to service/)
  expect(ann.lines.filter((line) => line.includes('/connect echo'))).toEqual([])
  ann.type('/list')
  await ann.sees(/^1: ann \(you\)$/)
})

test('the demo shows a whole conversation and ends well', async () => {
  const { code, stdout, stderr } = await chatP2p(['demo'], { cwd: folder.dir })
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^user1 \| user2 declined: 'in a meeting'/m)
  expect(stdout).toMatch(/^-- relay\d, which carried the call, was killed \(SIGKILL\)$/m)
  expect(stdout).toMatch(/^user1 \| user2: Still here\.$/m)
  const killed = /^-- (relay\d), which carried/m.exec(stdout)?.[1]
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(
    new RegExp(`^-- done: ${killed} was killed; nothing arrived for \\d+ ms; nothing was lost$`),
  )
  expect(readdirSync(folder.dir)).toEqual([])
})
