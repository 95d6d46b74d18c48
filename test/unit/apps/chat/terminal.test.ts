import { afterEach, describe, expect, test } from 'vitest'
import type { Completion } from '../../../../src/apps/chat/completion.js'
import { startChat } from '../../../../src/apps/chat/run.js'
import { Terminal } from '../../../../src/apps/chat/terminal.js'
import { FakeNetwork, settle } from './fakes.js'
import { Keyboard, Screen } from './screen.js'

const open: Terminal[] = []
afterEach(() => {
  for (const terminal of open.splice(0)) terminal.close()
})

function start(
  columns = 40,
  complete: (line: string) => Completion = () => ({ candidates: [], part: '' }),
  ringing = false,
) {
  const screen = new Screen(columns)
  const keyboard = new Keyboard()
  const lines: string[] = []
  const ends: string[] = []
  const terminal = new Terminal({
    input: keyboard,
    output: screen,
    prompt: 'user1 > ',
    complete: async (line) => complete(line),
    ringing: () => ringing,
    onLine: (line, pasted) => {
      lines.push(pasted ? `pasted ${line}` : line)
      return line.startsWith('/unknown') ? 'keep' : undefined
    },
    onEnd: (how) => void ends.push(how),
  })
  open.push(terminal)
  terminal.open()
  const types = async (keys: string) => {
    keyboard.write(keys)
    await settle()
  }
  return { screen, keyboard, terminal, lines, ends, types }
}

/** Rows as one text. Spaces are left out, as a row before a wide character may end in one that nobody typed. */
const joined = (rows: readonly string[]): string => rows.join('').replaceAll(' ', '')

const left = '\u001b[D'
const up = '\u001b[A'

test('what arrives goes above the line being typed, which stays as it is', async () => {
  const { screen, terminal, types, lines } = start()
  await types('half a tho')
  terminal.print(['user2: Hello!'])
  expect(screen.text).toEqual(['user2: Hello!', 'user1 > half a tho'])
  await types('ught')
  terminal.print(['user2: Anyone there?', 'user2: Hm.'])
  expect(screen.text).toEqual(['user2: Hello!', 'user2: Anyone there?', 'user2: Hm.', 'user1 > half a thought'])
  await types('\r')
  expect(lines).toEqual(['half a thought'])
  expect(screen.text.slice(-2)).toEqual(['user1 > half a thought', 'user1 >'])
  expect(screen.unknown).toEqual([])
})

test('the cursor stays where it was in the middle of the line', async () => {
  const { screen, terminal, types, lines } = start()
  await types(`Helo!${left}${left}`)
  const before = screen.cursor
  terminal.print(['user2: typing?'])
  expect(screen.cursor).toEqual({ row: before.row + 1, column: before.column })
  await types('l\r')
  expect(lines).toEqual(['Hello!'])
})

describe.each([
  ['ascii', 'abcdefghijklmnopqrstuvwxyz0123456789'],
  ['wide', '日本語の文字は二つ分の幅があるよ、そして長い行です'],
  ['wide, starting at an odd column', 'x日本語の文字は二つ分の幅があるよ、そして長い行です'],
  ['combining', 'e\u0301a\u0300o\u0302u\u0308'.repeat(9)],
  ['emoji', '👍😀🙈 all right 👍 then 😀 wait 🙈 here'],
])('a line longer than the terminal is wide (%s)', (_, text) => {
  test.each([20, 21, 23, 30])('survives what arrives at every length, %i columns', async (columns) => {
    const { screen, terminal, types, lines } = start(columns)
    const characters = Array.from(text)
    const shown: string[] = []
    for (let length = 0; length < characters.length; length++) {
      await types(characters[length]!)
      const line = `user2: message ${length}`.slice(0, columns)
      terminal.print([line])
      shown.push(line)
      const typed = characters.slice(0, length + 1).join('')
      expect(screen.text.slice(0, shown.length)).toEqual(shown)
      expect(joined(screen.text.slice(shown.length))).toBe(joined(['user1 > ', typed]))
    }
    // Back into the middle, over the wrapped rows, and on.
    await types(left.repeat(Math.floor(characters.length / 2)))
    terminal.print(['user2: and now?'])
    shown.push('user2: and now?')
    expect(screen.text.slice(0, shown.length)).toEqual(shown)
    expect(joined(screen.text.slice(shown.length))).toBe(joined(['user1 > ', text]))
    await types('\r')
    expect(lines).toEqual([text])
    expect(screen.text.at(-1)).toBe('user1 >')
    expect(screen.unknown).toEqual([])
  })
})

test('a line of many rows that ends exactly at the edge keeps what is above it', async () => {
  const { screen, terminal, types } = start(20)
  terminal.print(['above'])
  await types('x'.repeat(12)) // 8 of the prompt: exactly one row
  terminal.print(['one'])
  await types('y'.repeat(20)) // exactly two
  terminal.print(['two'])
  expect(screen.text.filter((row) => row !== '')).toEqual([
    'above',
    'one',
    'two',
    `user1 > ${'x'.repeat(12)}`,
    'y'.repeat(20),
  ])
})

test.each([
  [40, 25],
  [25, 40],
  [30, 15],
])('a resize from %i to %i columns leaves one prompt and the typed line', async (before, after) => {
  const { screen, terminal, types, lines } = start(before)
  terminal.print(['user2: Hello!'])
  await types('a line that is somewhat longer than that')
  screen.resize(after)
  terminal.print(['user2: wide?'])
  expect(joined(screen.text)).toBe(
    joined(['user2: Hello!', 'user2: wide?', 'user1 > a line that is somewhat longer than that']),
  )
  await types('\r')
  expect(lines).toEqual(['a line that is somewhat longer than that'])
})

test('lines pasted together are lines of their own, in order, and tabs in text stay', async () => {
  const { types, lines } = start(40, () => ({ candidates: ['\t'], part: '' }))
  await types('first\nsecond\r\nthi')
  await types('rd\tcolumn\n')
  expect(lines).toEqual(['first', 'second', 'third\tcolumn'])
})

const paste = (text: string) => `\u001b[200~${text}\u001b[201~`

describe('a bracketed paste', () => {
  test('of several lines is one message, shown before Enter sends it', async () => {
    const { screen, types, lines } = start()
    expect(screen.bracketedPaste).toBe(true)
    await types(paste('function a() {\r\treturn 1\r\r}\r'))
    expect(lines).toEqual([])
    expect(screen.text).toEqual([
      '| function a() {',
      '|       return 1',
      '|',
      'pasted: one message of 4 lines. Enter se',
      'nds it, Ctrl-C drops it',
      'user1 > }',
    ])
    await types('\r')
    expect(lines).toEqual(['pasted function a() {\n\treturn 1\n\n}'])
    await types(`${up}\r`)
    expect(lines).toHaveLength(2)
    expect(lines[1]).toBe('')
  })

  test('goes between what was typed before and after the cursor, and its last line can be edited', async () => {
    const { types, lines } = start()
    await types(`see:!${left}`)
    await types(paste(' one\ntwo\nthree'))
    await types('s')
    await types('\r')
    expect(lines).toEqual(['pasted see: one\ntwo\nthrees!'])
  })

  test('after another one adds to the same message', async () => {
    const { screen, types, lines } = start(80)
    await types(paste('one\ntwo\n'))
    await types(paste('\nthree'))
    expect(screen.text.at(-2)).toBe('pasted: one message of 3 lines. Enter sends it, Ctrl-C drops it')
    await types('\r')
    expect(lines).toEqual(['pasted one\ntwo\nthree'])
  })

  test('of a long text is shown in part, and sent whole', async () => {
    const { screen, types, lines } = start(80)
    const text = Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n')
    await types(paste(text))
    expect(screen.text).toContain('| … 59 more lines')
    await types('\r')
    expect(lines).toEqual([`pasted ${text}`])
  })

  test('is dropped by Ctrl-C and by the end of the terminal', async () => {
    const { screen, types, lines, keyboard, ends } = start(80)
    await types(paste('one\ntwo'))
    await types('\u0003')
    expect(screen.text.slice(-3)).toEqual([
      'dropped: one message of 2 lines',
      'Ctrl-C again, Ctrl-D or /quit leaves',
      'user1 >',
    ])
    await types('\r')
    await types(paste('one\ntwo'))
    keyboard.end()
    await settle()
    expect(ends).toEqual(['end'])
    expect(lines).toEqual([''])
    expect(screen.bracketedPaste).toBe(false)
  })

  test('of one line is put where the cursor is, and is text where it begins the line', async () => {
    const { screen, types, lines } = start()
    await types(paste('/bye\r'))
    expect(screen.text).toEqual(['user1 > /bye'])
    await types('\r')
    await types(`/connect ${paste('user2')}\r`)
    expect(lines).toEqual(['pasted /bye', '/connect user2'])
    // What was text only because it was pasted is not there to be recalled as a command.
    await types(`${up}\r`)
    expect(lines.at(-1)).toBe('/connect user2')
    await types(paste('/bye'))
    await types('\u0015/list\r')
    expect(lines.at(-1)).toBe('/list')
  })

  test('may come in any pieces, with keys around it', async () => {
    const { types, lines, keyboard } = start()
    for (const byte of Buffer.from(`a${paste('é\nb')}c\r`)) keyboard.write(Uint8Array.of(byte))
    await settle()
    expect(lines).toEqual(['pasted aé\nbc'])
    await types(`x${paste('y')}z${paste('')}\r`)
    expect(lines.at(-1)).toBe('xyz')
  })

  test('never drives the terminal, and arrives as it was', async () => {
    const { screen, types, lines } = start(80)
    await types(paste('\u001b[2J\u001b[31mred'))
    expect(screen.text[0]).toBe('| \\x1b[2J\\x1b[31mred')
    await types('\r')
    expect(lines).toEqual(['pasted \u001b[2J\u001b[31mred'])
    expect(screen.unknown).toEqual([])
  })

  test('with a Tab in it stays in the line while Tab looks something up', async () => {
    const { types, lines } = start(60, () => ({ candidates: ['user2 '], part: 'us' }))
    await types(`/connect us\t${paste('hello\tthere')}\r`)
    expect(lines).toEqual(['/connect user2 hello\tthere'])
  })
})

test('a line that was refused comes back to be mended', async () => {
  const { screen, types, lines } = start()
  await types('/unknown words\r')
  expect(screen.text).toEqual(['user1 > /unknown words', 'user1 > /unknown words'])
  await types('\u0001x\r')
  expect(lines).toEqual(['/unknown words', 'x/unknown words'])
})

test('a half-typed line is not entered by the end of the terminal', async () => {
  const { types, lines, ends, keyboard } = start()
  await types('sent\r/quit or no')
  keyboard.end()
  await settle()
  expect(ends).toEqual(['end'])
  expect(lines).toEqual(['sent'])
})

test('a paste into the middle of a line stays in the middle', async () => {
  const { screen, terminal, types, lines } = start(20)
  await types(`the end${left.repeat(3)}`)
  await types('very long and somewhat boring ')
  terminal.print(['user2: Hello!'])
  expect(joined(screen.text)).toBe(joined(['user2: Hello!', 'user1 > the very long and somewhat boring end']))
  await types('\r')
  expect(lines).toEqual(['the very long and somewhat boring end'])
})

test('a paste of many rows can be edited and leaves what is above alone', async () => {
  const { screen, terminal, types, lines } = start(20)
  terminal.print(['above'])
  await types('x'.repeat(90))
  await types(left.repeat(60))
  await types('!')
  terminal.print(['user2: Hello!'])
  const text = `${'x'.repeat(30)}!${'x'.repeat(60)}`
  expect(joined(screen.text)).toBe(joined(['above', 'user2: Hello!', 'user1 > ', text]))
  await types('\r')
  expect(lines).toEqual([text])
})

test('a key whose escape code comes in two pieces is one key', async () => {
  const { types, lines, keyboard } = start()
  await types('ab')
  keyboard.write('\u001b')
  await types('[Dx')
  await types('\u001b[')
  await types('Dy\r')
  expect(lines).toEqual(['ayxb'])
})

test('a character that comes in pieces is one character', async () => {
  const { lines, keyboard } = start()
  const bytes = Buffer.from('é👍\r')
  for (const byte of bytes) keyboard.write(Uint8Array.of(byte))
  await settle()
  expect(lines).toEqual(['é👍'])
})

test('keys typed while Tab looks something up come after its result', async () => {
  const screen = new Screen(60)
  const keyboard = new Keyboard()
  const lines: string[] = []
  let found = (_: Completion) => {}
  const terminal = new Terminal({
    input: keyboard,
    output: screen,
    prompt: 'user1 > ',
    complete: () => new Promise((resolve) => (found = resolve)),
    onLine: (line) => {
      lines.push(line)
      return undefined
    },
    onEnd: () => {},
  })
  open.push(terminal)
  terminal.open()
  keyboard.write('/connect us\thello\r')
  await settle()
  terminal.print(['user2: still there?'])
  expect(lines).toEqual([])
  found({ candidates: ['user2 '], part: 'us' })
  await settle()
  expect(lines).toEqual(['/connect user2 hello'])
})

test('a command prints its answer between its line and the next prompt', async () => {
  const screen = new Screen(40)
  const keyboard = new Keyboard()
  const terminal: Terminal = new Terminal({
    input: keyboard,
    output: screen,
    prompt: 'user1 > ',
    complete: async () => ({ candidates: [], part: '' }),
    onLine: () => {
      terminal.print(['connecting to user2...'])
      return undefined
    },
    onEnd: () => {},
  })
  open.push(terminal)
  terminal.print(['Commands:', ''])
  terminal.open()
  keyboard.write('/connect user2\r')
  await settle()
  terminal.print(['connected to user2'])
  expect(screen.text).toEqual([
    'Commands:',
    '',
    'user1 > /connect user2',
    'connecting to user2...',
    'connected to user2',
    'user1 >',
  ])
})

describe('history', () => {
  test('brings lines back, also one that was refused', async () => {
    const { types, lines } = start()
    await types('one\rtwo\r')
    await types(`${up}${up}\r`)
    expect(lines).toEqual(['one', 'two', 'one'])
  })

  test('an arriving line does not lose the line that was being looked up', async () => {
    const { types, lines, terminal } = start()
    await types('one\rtwo\r')
    await types(up)
    terminal.print(['user2: Hello!'])
    await types(`${up}\r`)
    expect(lines.at(-1)).toBe('one')
  })
})

describe('Tab', () => {
  const complete = (line: string): Completion => {
    if (line.startsWith('/connect ')) {
      const part = line.slice('/connect '.length)
      return { candidates: ['user3 ', 'user2 ', 'bob '].filter((name) => name.startsWith(part)), part }
    }
    return { candidates: ['/connect', '/list'].filter((name) => name.startsWith(line)), part: line }
  }

  test('completes what is clear', async () => {
    const { types, lines } = start(40, complete)
    await types('/co\t b\t\r')
    expect(lines).toEqual(['/connect bob '])
  })

  test('does nothing when there is nothing to add', async () => {
    const { screen, types } = start(40, complete)
    await types('/list\t\t\t')
    expect(screen.text).toEqual(['user1 > /list'])
  })

  test('completes as far as it is clear, then shows the choices, recent ones first', async () => {
    const { screen, types } = start(40, complete)
    await types('/connect u\t')
    expect(screen.text).toEqual(['user1 > /connect user'])
    await types('\t')
    expect(screen.text).toEqual(['user3  user2', 'user1 > /connect user'])
    await types('2')
    expect(screen.text.at(-1)).toBe('user1 > /connect user2')
  })
})

describe('leaving', () => {
  test('Ctrl-C clears the line; again on the empty line, it leaves', async () => {
    const { screen, types, lines, ends, keyboard } = start()
    await types('do not send this')
    await types('\u0003')
    expect(screen.text).toEqual(['Ctrl-C again, Ctrl-D or /quit leaves', 'user1 >'])
    expect(ends).toEqual([])
    await types('\u0003')
    expect(ends).toEqual(['interrupt'])
    expect(lines).toEqual([])
    expect(keyboard.raw).toBe(false)
  })

  test('while a call of ours rings, the first Ctrl-C says what gives it up', async () => {
    const { screen, types } = start(80, undefined, true)
    await types('\u0003')
    expect(screen.text[0]).toBe('/bye gives up calling; Ctrl-C again, Ctrl-D or /quit leaves')
  })

  test('on an empty line, the first Ctrl-C says so and the second leaves', async () => {
    const { screen, types, ends } = start()
    await types('\u0003')
    expect(screen.text[0]).toBe('Ctrl-C again, Ctrl-D or /quit leaves')
    expect(ends).toEqual([])
    await types('\u0003')
    expect(ends).toEqual(['interrupt'])
  })

  test('a line in between makes the next Ctrl-C the first one again', async () => {
    const { types, ends } = start()
    await types('\u0003')
    await types('Hello!\r')
    await types('\u0003')
    expect(ends).toEqual([])
  })

  test('Ctrl-D on an empty line leaves, in a line it deletes', async () => {
    const { screen, types, ends, lines } = start()
    await types(`ab${left}\u0004\r`)
    expect(lines).toEqual(['a'])
    expect(ends).toEqual([])
    await types('\u0004')
    expect(ends).toEqual(['end'])
    expect(screen.cursor.column).toBe(0)
  })

  test('the terminal is given back: cooked mode, the cursor on a row of its own, no listeners', async () => {
    const { screen, terminal, types, keyboard } = start(20)
    expect(keyboard.raw).toBe(true)
    await types(`a longer line than it is wide${left.repeat(15)}`)
    terminal.close()
    terminal.close()
    expect(keyboard.raw).toBe(false)
    expect(screen.text.join('')).toBe('user1 > a longer line than it is wide')
    expect(screen.cursor.column).toBe(0)
    expect(screen.listenerCount('resize')).toBe(0)
    terminal.print(['user2 disconnected'])
    expect(screen.text.at(-2)).toBe('user2 disconnected')
  })

  test('the end of the terminal leaves, once', async () => {
    const { keyboard, ends, terminal } = start()
    keyboard.end()
    await settle()
    terminal.print(['nobody reads this'])
    expect(ends).toEqual(['end'])
  })

  test('a terminal that fails to write leaves and never throws', async () => {
    const { screen, ends, terminal } = start()
    screen.destroy(Object.assign(new Error('write EIO'), { code: 'EIO' }))
    await settle()
    terminal.print(['x'])
    terminal.bell()
    expect(ends).toEqual(['end'])
  })
})

describe('the chat on a terminal', () => {
  test('plays the transcript, rings for a caller, and gives the terminal back', async () => {
    const network = new FakeNetwork()
    const [one, other] = [network.context('user1'), network.context('user2')]
    const seat = () => ({ input: new Keyboard(), output: new Screen(120) })
    const [seat1, seat2] = [seat(), seat()]
    const user1 = await startChat(one, { service: 'chat-p2p', ...seat1 })
    const user2 = await startChat(other, { service: 'chat-p2p', ...seat2 })
    for (const [who, line] of [
      [seat1, '/list'],
      [seat1, '/connect user2'],
      [seat2, '/accept'],
      [seat2, 'Hello!'],
      [seat1, 'Hi!'],
    ] as const) {
      who.input.write(`${line}\r`)
      await settle()
    }
    const chatOf = (screen: Screen) => screen.text.slice(screen.text.findIndex((row) => row.startsWith('//text')) + 1)
    expect(chatOf(seat1.output)).toEqual([
      '',
      'user1 > /list',
      '1: user1 (you)',
      '2: user2',
      'user1 > /connect user2',
      'connecting to user2...',
      'connected to user2',
      'user2: Hello!',
      'user1 > Hi!',
      'user1 >',
    ])
    expect(chatOf(seat2.output)).toEqual([
      '',
      "Incoming connection from user1 with appData 'hi there'. Type /accept to accept the connection or /decline to decline it",
      'user2 > /accept',
      '',
      'connection accepted and chat now in progress...',
      'user2 > Hello!',
      'user1: Hi!',
      'user2 >',
    ])
    expect(seat2.output.bells).toBe(1)
    seat1.input.write('\u0004')
    expect((await user1.done).how).toBe('quit')
    await settle()
    expect(chatOf(seat2.output).slice(-2)).toEqual(['user1 disconnected', 'user2 >'])
    seat2.input.write('\u0003')
    await settle()
    seat2.input.write('\u0003')
    expect((await user2.done).how).toBe('interrupted')
    expect([seat1.input.raw, seat2.input.raw]).toEqual([false, false])
    expect([...seat1.output.unknown, ...seat2.output.unknown]).toEqual([])
  })

  test('a name with control characters is escaped in the prompt too', async () => {
    const network = new FakeNetwork()
    const output = new Screen(80)
    const chat = await startChat(network.context('u\u001b[2J1'), { service: 'chat-p2p', input: new Keyboard(), output })
    expect(output.text.at(-1)).toBe('u\\x1b[2J1 >')
    chat.quit()
    expect((await chat.done).how).toBe('quit')
  })
})
