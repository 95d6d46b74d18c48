import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { guardOutput, handOver } from '../../../src/cli/output.js'

/** A stream that can't be written to, for as long as it says why. */
class Broken extends Writable {
  readonly #why: string | undefined

  readonly written: string[] = []

  constructor(why?: string) {
    super({ autoDestroy: false, decodeStrings: false })
    this.#why = why
  }

  override _write(text: string, _: string, done: (error?: Error) => void): void {
    if (this.#why === undefined) {
      this.written.push(text)
      done()
    } else done(Object.assign(new Error(this.#why), { code: this.#why }))
  }
}

function guarded(failures: { stdout?: string; stderr?: string }) {
  const [stdout, stderr] = [new Broken(failures.stdout), new Broken(failures.stderr)]
  const exits: number[] = []
  const guard = guardOutput(stdout, stderr, (code) => exits.push(code))
  const say = async (stream: Writable, text: string) => {
    stream.write(text)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { guard, stdout, stderr, exits, say }
}

const lost = 'chat-p2p: The output could not be written: no space is left on the device.\n'

test.each([
  ['a reader that left ends a command that only shows something, in order', 'EPIPE', 'list', [0], []],
  ['a full disk ends a command that only shows something, with one line', 'ENOSPC', 'list', [1], [lost]],
  ['a list of invitations only shows something', 'ENOSPC', 'invite --list', [1], [lost]],
  ['a reader that left does not end a command that does something', 'EPIPE', 'network publish', [], []],
  ['a full disk does not end a command that does something', 'ENOSPC', 'network publish', [], []],
  ['help is something that is shown', 'ENOSPC', undefined, [1], [lost]],
])('%s', async (_, why, command, exits, said) => {
  const { guard, stdout, stderr, say, ...seen } = guarded({ stdout: why })
  if (command !== undefined) guard.began(command)
  await say(stdout, '3\n')
  expect({ exits: seen.exits, said: stderr.written }).toEqual({ exits, said })
})

test('what was done stands although it could not be printed: the exit code stays, the line comes last, once', async () => {
  const { guard, stdout, stderr, say } = guarded({ stdout: 'ENOSPC' })
  guard.began('network publish')
  await say(stdout, '3\n')
  await say(stdout, '4\n')
  expect(guard.ended(0)).toBe(0)
  expect(guard.ended(0)).toBe(0)
  expect(stderr.written).toEqual([lost])
})

test.each([
  ['a full disk', 'ENOSPC', '', 1, [lost]],
  ['a full disk', 'ENOSPC', 'rendezvous', 1, [lost]],
  ['a reader that left', 'EPIPE', '', 0, []],
])('a talk that %s took from its readers (%s) has failed unless they left: %s', async (_, why, command, code, said) => {
  const { guard, exits, stdout, stderr, say } = guarded({ stdout: why })
  guard.began(command)
  await say(stdout, 'user2: Hello!\n')
  expect({ exits, code: guard.ended(0), said: stderr.written }).toEqual({ exits: [], code, said })
  expect(guard.ended(130)).toBe(130)
})

test.each([
  [true, 0],
  [undefined, 1],
])('a terminal that was closed is a reader that left (a terminal: %s)', async (isTTY, code) => {
  const { guard, stdout, say } = guarded({ stdout: 'EIO' })
  Object.assign(stdout, { isTTY })
  guard.began('')
  await say(stdout, 'user2: Hello!\n')
  expect(guard.ended(0)).toBe(code)
})

test.each([
  ['ENOSPC', 'no space is left on the device'],
  ['EPIPE', 'nobody reads it'],
])('a line that is all a command is for, and that is lost (%s), is a failure, told once', async (code, why) => {
  const { guard, stdout, stderr } = guarded({ stdout: code })
  guard.began('invite')
  await expect(handOver('line\n', 'Try again.', stdout)).rejects.toMatchObject({
    code: 'file_unreadable',
    message: `The line could not be written: ${why}. Try again.`,
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect([guard.ended(1), stderr.written]).toEqual([1, []])
})

test('a line that is written is handed over', async () => {
  const { stdout } = guarded({})
  await handOver('line\n', 'Try again.', stdout)
  expect(stdout.written).toEqual(['line\n'])
})

test.each(['EPIPE', 'ENOSPC', 'EIO'])('talk that nobody takes (%s) ends nothing', async (why) => {
  const { guard, stderr, exits, say } = guarded({ stderr: why })
  for (let count = 0; count < 3; count++) await say(stderr, 'a line\n')
  expect({ exits, code: guard.ended(0) }).toEqual({ exits: [], code: 0 })
})
