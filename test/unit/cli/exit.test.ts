import { CommanderError } from 'commander'
import { expect, test } from 'vitest'
import { errorLine, exitCodeOf } from '../../../src/cli/exit.js'
import { programName, shellWord } from '../../../src/cli/program-name.js'
import { OverlayError } from '../../../src/core/errors.js'

test.each([
  ['help or the version', new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)'), 0],
  ['an unknown option', new CommanderError(1, 'commander.unknownOption', "error: unknown option '--x'"), 2],
  ['a missing subcommand', new CommanderError(1, 'commander.help', '(outputHelp)'), 2],
  ['a bad argument', new OverlayError('bad_argument', 'No.'), 2],
  ['a bad name', new OverlayError('bad_name', 'No.'), 2],
  ['something bad in a file', new OverlayError('bad_argument', 'No.', { path: 'setup/service.json' }), 1],
  ['anything else that failed', new OverlayError('offline', 'No.'), 1],
  ['a bug', new TypeError('x is undefined'), 1],
  ['Ctrl-C', new OverlayError('canceled', 'Interrupted.'), 130],
])('%s: exit code %3$s', (_, error, code) => {
  expect(exitCodeOf(error)).toBe(code)
})

test.each<[unknown, string | undefined]>([
  [new OverlayError('offline', 'user2 is offline.'), 'chat-p2p: user2 is offline.'],
  [new Error('two\nlines'), 'chat-p2p: two'],
  [new OverlayError('declined', 'said \u001b[31mno'), 'chat-p2p: said \\x1b[31mno'],
  [
    new CommanderError(1, 'commander.unknownOption', "error: unknown option '--user'\n(Did you mean --users?)"),
    "chat-p2p: unknown option '--user' (Did you mean --users?) (see chat-p2p --help)",
  ],
  [new CommanderError(0, 'commander.version', '0.1.0'), undefined],
  [new CommanderError(1, 'commander.help', '(outputHelp)'), undefined],
])('an error is one line without control characters', (error, line) => {
  expect(errorLine(error)).toBe(line)
})

test('a word that is no command is called so', () => {
  const error = new CommanderError(1, 'commander.excessArguments', 'error: too many arguments. Expected 0 but got 1.')
  expect(errorLine(error, '', { word: 'lits', similar: 'list' })).toBe(
    "chat-p2p: unknown command 'lits' (Did you mean list?) (see chat-p2p --help)",
  )
  expect(errorLine(error, '', { word: 'xyzzy' })).toBe("chat-p2p: unknown command 'xyzzy' (see chat-p2p --help)")
})

test.each([
  ['/usr/local/bin/chat-p2p', '/home/ann', 'chat-p2p'],
  ['/home/ann/clone/dist/cli/bin.js', '/home/ann/clone', 'node dist/cli/bin.js'],
  ['/home/ann/clone/dist/cli/bin.js', '/home/ann/elsewhere', 'node /home/ann/clone/dist/cli/bin.js'],
  ['/home/ann/my clone/dist/cli/bin.js', '/tmp', "node '/home/ann/my clone/dist/cli/bin.js'"],
])('%s called from %s is typed as %s', (script, here, typed) => {
  expect(programName(script, here)).toBe(typed)
})

test.each([
  ['user1', 'user1'],
  ['server1/backup', 'server1/backup'],
  ['net/identities/ann.json', 'net/identities/ann.json'],
  ['Ann Lee', "'Ann Lee'"],
  ["O'Neil", "'O'\\''Neil'"],
  ['$HOME', "'$HOME'"],
])('%s is typed in a shell as %s', (text, typed) => {
  expect(shellWord(text)).toBe(typed)
})
