import { describe, expect, test } from 'vitest'
import {
  type Command,
  commandNames,
  type LineSource,
  parseCommand,
  splitDecline,
} from '../../../../src/apps/chat/commands.js'

const options = { service: 'chat-p2p', hasService: (name: string) => ['chat-p2p', 'other'].includes(name) }
const parse = (line: string, source: LineSource = 'typed'): Command => parseCommand(line, { ...options, source })
const to = (instanceId: string, service = 'chat-p2p') => ({ instanceId, service })

const understood: Array<[line: string, command: Command]> = [
  ['', { kind: 'nothing' }],
  ['  \t ', { kind: 'nothing' }],
  ['Hello!', { kind: 'text', text: 'Hello!' }],
  ['  two  spaces ', { kind: 'text', text: '  two  spaces ' }],
  ['//connect is a command', { kind: 'text', text: '/connect is a command' }],
  ['and / or', { kind: 'text', text: 'and / or' }],
  ['/connect user2', { kind: 'connect', to: to('user2') }],
  ['/connect   user2  ', { kind: 'connect', to: to('user2') }],
  ['/connect user2 have you a minute?', { kind: 'connect', to: to('user2'), message: 'have you a minute?' }],
  ['/connect "two words" hello', { kind: 'connect', to: to('two words'), message: 'hello' }],
  ['/connect bob/laptop', { kind: 'connect', to: to('bob/laptop') }],
  ['/connect bob@other', { kind: 'connect', to: to('bob', 'other') }],
  ['/connect bob@example.org', { kind: 'connect', to: to('bob@example.org') }],
  ['/connect bob@example.org@other', { kind: 'connect', to: to('bob@example.org', 'other') }],
  ['/accept', { kind: 'accept' }],
  ['/accept two words', { kind: 'accept', name: 'two words' }],
  ['/accept "two words"', { kind: 'accept', name: 'two words' }],
  ['/decline', { kind: 'decline', rest: '' }],
  ['/decline user1 not now', { kind: 'decline', rest: 'user1 not now' }],
  ['/connect Jose\u0301', { kind: 'connect', to: to('José') }],
  ['/accept Jose\u0301', { kind: 'accept', name: 'José' }],
  ['/bye', { kind: 'bye' }],
  ['/list', { kind: 'list', more: false }],
  ['/list    ', { kind: 'list', more: false }],
  ['/list more', { kind: 'list', more: true }],
  ['/whois', { kind: 'whois' }],
  ['/whois user2@other', { kind: 'whois', to: to('user2', 'other') }],
  ['/status', { kind: 'status' }],
  ['/help', { kind: 'help' }],
  ['/quit', { kind: 'quit' }],
]

test.each(understood)('%j is read as meant', (line, command) => {
  expect(parse(line)).toEqual(command)
})

test.each([
  ['/connectbob', 'Did you mean /connect?'],
  ['/Connect user2', 'Did you mean /connect?'],
  ['/con user2', 'Did you mean /connect?'],
  ['/quitt', 'Did you mean /quit?'],
  ['/conect user2', 'Did you mean /connect?'],
  ['/lsit', 'Did you mean /list?'],
  ['/stauts', 'Did you mean /status?'],
  ['/acept', 'Did you mean /accept?'],
  ['/hepl', 'Did you mean /help?'],
  ['/dance', 'To say it as text, type //dance'],
  ['/dance', 'unknown command /dance, nothing was sent'],
  ['/', 'unknown command /'],
  ['/connect', '/connect needs a name'],
  ['/connect ""', 'The instance id is empty'],
  [`/connect ${'x'.repeat(256)}`, 'over 255 bytes'],
  ['/connect user\u001b[2J', 'characters that cannot be seen'],
  ['/bye bob', '/bye takes nothing after it'],
  ['/quit now', '/quit takes nothing after it'],
  ['/list all', '/list takes nothing after it'],
  ['/whois user\u0007', 'characters that cannot be seen'],
])('%j is an error that says what to do, and never text', (line, problem) => {
  const command = parse(line)
  expect(command.kind).toBe('wrong')
  expect(command).toMatchObject({ problem: expect.stringContaining(problem) })
  expect(JSON.stringify(command)).not.toContain('\u001b')
})

describe('text is data', () => {
  test.each([
    '// a comment',
    '  // an indented comment',
    '/* a comment */',
    ' /path',
    '/usr/bin/env node',
    '//usr/bin',
    '///',
    '/ 2',
    '    return 1',
    '\treturn 1  ',
    '#include <x>',
    'and / or',
    '/bye/bye',
    ' /bye',
  ])('%j is text, typed, pasted or piped, and stays as it is', (line) => {
    for (const source of ['typed', 'pasted', 'piped'] as const)
      expect(parse(line, source)).toEqual({ kind: 'text', text: line })
  })

  test.each(['/dance', '/todo: this', '//todo', '', '   ', '/'])('%j, piped, is text and stays as it is', (line) => {
    expect(parse(line, 'piped')).toEqual({ kind: 'text', text: line })
  })

  test.each(['/bye', '/connect user2', '//bye', '/dance', 'a\n/bye'])(
    '%j, pasted, is text and stays as it is',
    (line) => {
      expect(parse(line, 'pasted')).toEqual({ kind: 'text', text: line })
    },
  )

  test.each([
    ['//bye', '/bye'],
    ['//connect is a command', '/connect is a command'],
    ['//list of things', '/list of things'],
  ])('%j is %j, typed or piped: it would be a command', (line, text) => {
    expect(parse(line, 'typed')).toEqual({ kind: 'text', text })
    expect(parse(line, 'piped')).toEqual({ kind: 'text', text })
  })

  test('an unknown word is sent with a second slash where a single one is taken for a slip', () => {
    expect(parse('/dance')).toMatchObject({ kind: 'wrong', unknown: true })
    expect(parse('//dance')).toEqual({ kind: 'text', text: '/dance' })
    expect(parse('/bye bob')).not.toHaveProperty('unknown')
  })
})

test('no line makes the parser throw, and none that begins with a command is text', () => {
  const pieces = ['/', '//', 'connect', '/connect', ' ', '"', '@', '@other', 'é', '\u0000', '/decline', '👍', '\ud800']
  for (const source of ['typed', 'pasted', 'piped'] as const) {
    for (const a of pieces) {
      for (const b of pieces) {
        for (const c of pieces) {
          const line = `${a}${b}${c}`
          const command = parse(line, source)
          const begins = commandNames.some((name) => line === name || line.startsWith(`${name} `))
          if (source !== 'pasted') expect(command.kind === 'text' && begins, line).toBe(false)
          else expect(['text', 'nothing']).toContain(command.kind)
        }
      }
    }
  }
})

describe('/decline tells name and reason apart', () => {
  test.each([
    ['', ['user1'], {}],
    ['user1', ['user1'], { name: 'user1' }],
    ['user1 not now', ['user1'], { name: 'user1', reason: 'not now' }],
    ['not now', ['user1'], { reason: 'not now' }],
    ['user10 later', ['user1'], { reason: 'user10 later' }],
    ['user1 later', ['user1', 'user10'], { name: 'user1', reason: 'later' }],
    ['user10 later', ['user1', 'user10'], { name: 'user10', reason: 'later' }],
    ['two words later', ['two', 'two words'], { name: 'two words', reason: 'later' }],
    ['"two words" later', ['two words'], { name: 'two words', reason: 'later' }],
    ['Jose\u0301 later', ['Jos\u00e9'], { name: 'Jos\u00e9', reason: 'later' }],
    ['not now', [], { reason: 'not now' }],
  ])('%j while %j wait', (rest, waiting, expected) => {
    expect(splitDecline(rest, waiting)).toEqual(expected)
  })
})

test('every command of /help is known, and every known command is in /help', async () => {
  const { help } = await import('../../../../src/apps/chat/lines.js')
  const named = new Set(help.join('\n').match(/^\/[a-z]+/gm))
  expect([...named].sort()).toEqual([...commandNames].sort())
})
