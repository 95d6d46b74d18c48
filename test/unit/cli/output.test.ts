import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { guardOutput } from '../../../src/cli/output.js'

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

test.each(['EPIPE', 'ENOSPC', 'EIO'])('talk that nobody takes (%s) ends nothing', async (why) => {
  const { guard, stderr, exits, say } = guarded({ stderr: why })
  for (let count = 0; count < 3; count++) await say(stderr, 'a line\n')
  expect({ exits, code: guard.ended(0) }).toEqual({ exits: [], code: 0 })
})
