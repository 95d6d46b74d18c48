import { describe, expect, test } from 'vitest'
import { type Command, commandNames, parseCommand, splitDecline } from '../../../../src/apps/chat/commands.js'

const options = { service: 'chat-p2p', hasService: (name: string) => ['chat-p2p', 'other'].includes(name) }
const parse = (line: string): Command => parseCommand(line, options)
const to = (instanceId: string, service = 'chat-p2p') => ({ instanceId, service })

const understood: Array<[line: string, command: Command]> = [
  ['', { kind: 'nothing' }],
  ['  \t ', { kind: 'nothing' }],
  ['Hello!', { kind: 'text', text: 'Hello!' }],
  ['  two  spaces ', { kind: 'text', text: '  two  spaces ' }],
  ['//connect is a command', { kind: 'text', text: '/connect is a command' }],
  ['///', { kind: 'text', text: '//' }],
  ['and / or', { kind: 'text', text: 'and / or' }],
  ['/connect user2', { kind: 'connect', to: to('user2') }],
  ['  /connect   user2  ', { kind: 'connect', to: to('user2') }],
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
  ['/dance', 'unknown command /dance, nothing was sent'],
  ['/', 'unknown command /'],
  ['  /dance', 'unknown command /dance'],
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

test('no line makes the parser throw, and none that begins with one slash becomes text', () => {
  const pieces = ['/', '//', 'connect', '/connect', ' ', '"', '@', '@other', 'é', '\u0000', '/decline', '👍', '\ud800']
  for (let a = 0; a < pieces.length; a++) {
    for (let b = 0; b < pieces.length; b++) {
      for (let c = 0; c < pieces.length; c++) {
        const line = `${pieces[a]}${pieces[b]}${pieces[c]}`
        const command = parse(line)
        if (line.trim().startsWith('/') && !line.trim().startsWith('//')) expect(command.kind, line).not.toBe('text')
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
