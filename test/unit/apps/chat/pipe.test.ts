import { PassThrough, Writable } from 'node:stream'
import { beforeEach, describe, expect, test } from 'vitest'
import { readLines } from '../../../../src/apps/chat/pipe.js'
import { type RunningChat, startChat } from '../../../../src/apps/chat/run.js'
import { OverlayError } from '../../../../src/core/errors.js'
import { maxMessageBytes } from '../../../../src/core/limits.js'
import { FakeNetwork, ManualClock, settle } from './fakes.js'

let network: FakeNetwork
let clock: ManualClock
beforeEach(() => {
  network = new FakeNetwork()
  clock = new ManualClock()
})

class Output extends Writable {
  text = ''
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
  /** The lines after the first, which says where it registers. */
  get lines(): string[] {
    return this.text.split('\n').slice(1, -1)
  }
}

/** A chat driven by a script. */
async function join(name: string, options: { talk?: Output } = {}) {
  const context = network.context(name)
  const input = new PassThrough()
  const output = new Output()
  const chat: RunningChat = await startChat(context, { service: 'chat-p2p', clock, input, output, ...options })
  return { context, input, output, chat, listener: context.listener! }
}

describe('a script', () => {
  test('gets the same lines as a person, without prompt or control characters', async () => {
    const user1 = await join('user1')
    const user2 = await join('user2')
    user1.input.write('/list\n/connect user2\n')
    await settle()
    user2.input.write('/accept\nHello!\n')
    await settle()
    user1.input.write('Hi!\n')
    await settle()
    expect(user1.output.lines).toEqual([
      '1: user1 (you)',
      '2: user2',
      'connecting to user2...',
      'connected to user2',
      'user2: Hello!',
    ])
    expect(user2.output.lines).toEqual([
      "Incoming connection from user1 with appData 'hi there'. Type /accept to accept the connection or /decline to decline it",
      '',
      'connection accepted and chat now in progress...',
      'user1: Hi!',
    ])
    expect(user1.output.text).not.toMatch(/user1 > |[\u0000-\u0009\u000b-\u001f]/)
  })

  test('may send right behind /connect: the text waits for the answer, and the end of input for the receipts', async () => {
    const user2 = await join('user2')
    const user1 = await join('user1')
    user1.input.end('/connect user2\nhello\nhow are you?')
    await settle()
    expect(user1.output.lines).toEqual(['connecting to user2...'])
    user2.input.write('/accept\n')
    expect((await user1.chat.done).how).toBe('quit')
    await settle()
    expect(user1.output.lines).toEqual(['connecting to user2...', 'connected to user2'])
    expect(user2.output.lines.slice(1)).toEqual([
      '',
      'connection accepted and chat now in progress...',
      'user1: hello',
      'user1: how are you?',
      'user1 disconnected',
    ])
  })

  test('goes on with the next line when the call was refused, and loses no text silently', async () => {
    const user2 = await join('user2')
    const user1 = await join('user1')
    user1.input.end('/connect user2\nhello\n')
    await settle()
    user2.input.write('/decline not now\n')
    expect((await user1.chat.done).how).toBe('quit')
    expect(user1.output.lines).toEqual([
      'connecting to user2...',
      "user2 declined: 'not now'. You could say what it is about: /connect user2 <message>",
      "not sent: 'hello': you are in no call. /connect <identity> starts one; /list shows who is there",
    ])
  })

  test('whose calls cross still sends its text in the one call that comes of it', async () => {
    const user1 = await join('user1')
    const user2 = await join('user2')
    let deliver = () => {}
    network.delivery = new Promise((resolve) => (deliver = resolve))
    user1.input.write('/connect user2\nfrom 1\n')
    user2.input.write('/connect user1\nfrom 2\n')
    await settle()
    let accept = () => {}
    network.acceptance = new Promise((resolve) => (accept = resolve))
    deliver() // both dials are on the way by now
    await settle()
    accept()
    await settle()
    expect(network.dials).toHaveLength(2)
    expect(user1.output.lines).toContain('user2: from 2')
    expect(user2.output.lines).toContain('user1: from 1')
    expect(user1.output.lines.join()).not.toContain('not sent')
    expect(user2.output.lines.join()).not.toContain('not sent')
  })

  test('that ends while the session is interrupted waits a bounded time and says what was not delivered', async () => {
    const user2 = await join('user2')
    const user1 = await join('user1')
    user1.input.write('/connect user2\n')
    await settle()
    user2.input.write('/accept\n')
    await settle()
    network.dials[0]!.sides[0].interrupt()
    user1.input.end('lost words\n')
    await settle()
    clock.pass(5_000)
    expect((await user1.chat.done).how).toBe('quit')
    expect(user1.output.lines.at(-1)).toBe("not delivered to user2: 1 message: 'lost words'")
    expect((await user1.chat.done).problems).toHaveLength(1)
  })

  test('gets and gives text as it is: indented, blank, with slashes, and several lines in one message', async () => {
    const user1 = await join('user1')
    const user2 = await join('user2')
    user1.input.write('\n/connect user2\n')
    await settle()
    user2.input.write('/accept\n')
    await settle()
    user1.input.end('// a comment\n/* another */\n\n  if (x) {\n\t/path\n//bye\n/dance\n')
    await user1.chat.done
    await settle()
    expect(user2.output.lines.slice(3)).toEqual([
      'user1: // a comment',
      'user1: /* another */',
      'user1: ',
      'user1:   if (x) {',
      'user1: \t/path',
      'user1: /bye',
      'user1: /dance',
      'user1 disconnected',
    ])
    expect(user1.output.lines).toEqual(['connecting to user2...', 'connected to user2'])
  })

  test('that wants messages only gets what others say, as they said it, and the rest elsewhere', async () => {
    const talk = new Output()
    const user1 = await join('user1', { talk })
    const user2 = await join('user2')
    user1.input.write('/connect user2\n')
    await settle()
    user2.input.write('/accept\n  Hello!\n')
    await settle()
    user1.input.end()
    await user1.chat.done
    expect(user1.output.text).toBe('  Hello!\n')
    expect(talk.lines).toEqual(['connecting to user2...', 'connected to user2'])
  })

  test.each<[string, string[]]>([
    ['', ['the input was empty']],
    ['/list\n', []],
    ['hello\n', [expect.stringMatching(/^not sent: 'hello'/)]],
    ['\n \n/list\n', []],
    ['/connect nobody\nhello\n', [expect.stringMatching(/^nobody called nobody/), expect.stringMatching(/^not sent/)]],
    ['/connect user1\n', [expect.stringMatching(/^that is you/)]],
    ['/accept\n', [expect.stringMatching(/^nobody is calling you/)]],
    ['/bye now\n', [expect.stringMatching(/^\/bye takes nothing/)]],
    ['/whois nobody\n', [expect.stringMatching(/^\/whois failed/)]],
    ['/bye\n/quit\nhello\n', []],
  ])('of %j is told what of it did not come about', async (text, problems) => {
    const user1 = await join('user1')
    user1.input.end(text)
    expect(await user1.chat.done).toEqual({ how: 'quit', problems })
  })

  test('lines after /quit are not looked at', async () => {
    const user1 = await join('user1')
    user1.input.write('/quit\n/list\n')
    expect((await user1.chat.done).how).toBe('quit')
    expect(user1.output.lines).toEqual([])
    expect(user1.listener.closed).toBe(true)
  })

  test('is left by a signal while it waits for an answer', async () => {
    await join('user2')
    const user1 = await join('user1')
    user1.input.write('/connect user2\nhello\n')
    await settle()
    user1.chat.quit()
    expect((await user1.chat.done).how).toBe('quit')
    expect(network.dials[0]!.answers).toEqual(['gone'])
    expect(user1.output.lines.join()).not.toContain('hello')
  })

  test('is left in order when nobody reads its output any more', async () => {
    const user2 = await join('user2')
    const user1 = await join('user1')
    user1.input.write('/connect user2\n')
    await settle()
    user2.input.write('/accept\n')
    await settle()
    user1.output.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    expect((await user1.chat.done).how).toBe('quit')
    await settle()
    expect(user2.output.lines.at(-1)).toBe('user1 disconnected')
  })

  test('with an over-long line is told so, and the next line is taken', async () => {
    const user1 = await join('user1')
    user1.input.end(`${'x'.repeat(10 * maxMessageBytes)}\n/list\n`)
    await user1.chat.done
    expect(user1.output.lines).toEqual([expect.stringContaining(`${maxMessageBytes} is the most`), '1: user1 (you)'])
  })

  test('gets no chat when the service cannot be offered', async () => {
    const context = network.context('user1')
    context.listenError = new OverlayError('not_permitted', 'user1 may not bind chat-p2p.')
    const streams = { input: new PassThrough(), output: new Output() }
    await expect(startChat(context, { service: 'chat-p2p', ...streams })).rejects.toMatchObject({
      code: 'not_permitted',
    })
  })
})

describe('lines of a stream', () => {
  const linesOf = async (chunks: Array<string | Uint8Array>): Promise<string[]> => {
    const input = new PassThrough()
    for (const chunk of chunks) input.write(chunk)
    input.end()
    const lines: string[] = []
    for await (const line of readLines(input)) lines.push(line)
    return lines
  }

  test.each<[string, Array<string | Uint8Array>, string[]]>([
    ['are cut at newlines, wherever the stream is cut', ['a\nb', 'c\n\n', 'd\n'], ['a', 'bc', '', 'd']],
    ['may end in CR LF', ['a\r', '\nb\r\n'], ['a', 'b']],
    ['need no newline at the very end', ['a\nb'], ['a', 'b']],
    ['keep characters whole', [...Buffer.from('é👍\n')].map((byte) => Uint8Array.of(byte)), ['é👍']],
    ['may be none', [], []],
  ])('%s', async (_, chunks, lines) => {
    expect(await linesOf(chunks)).toEqual(lines)
  })

  test('on a terminal are those that were entered', async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true })
    input.end('entered\nhalf-typed')
    const lines: string[] = []
    for await (const line of readLines(input)) lines.push(line)
    expect(lines).toEqual(['entered'])
  })

  test('of a stream that fails are those that were complete', async () => {
    const input = new PassThrough()
    input.write('complete\nhalf a')
    const lines: string[] = []
    for await (const line of readLines(input)) {
      lines.push(line)
      input.destroy(new Error('the pipe broke'))
    }
    expect(lines).toEqual(['complete'])
  })

  test('of endless length do not fill the memory', async () => {
    const [line] = await linesOf(Array.from({ length: 100 }, () => 'x'.repeat(100_000)))
    expect(line!.length).toBeLessThan(300_000)
    expect(line!.length).toBeGreaterThan(maxMessageBytes)
  })
})
