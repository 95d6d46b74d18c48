import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { knownCommands } from '../../../src/cli/commands.js'
import { createProgram } from '../../../src/cli/program.js'
import { cli } from './in-process.js'

const whole = await createProgram()

function every(command: Command, at = command.name()): Array<[path: string, command: Command]> {
  return [[at, command], ...command.commands.flatMap((child) => every(child, `${at} ${child.name()}`))]
}

test.each(every(whole))('the help of %s fits 80 columns', (_, command) => {
  const wide = command
    .helpInformation()
    .split('\n')
    .filter((line) => line.length > 80)
  expect(wide).toEqual([])
})

test('what --help shows does not depend on which commands are loaded', async () => {
  const names = await createProgram([])
  expect(names.helpInformation()).toBe(whole.helpInformation())
  expect(whole.commands.map((command) => command.name())).toEqual([...knownCommands.map(({ name }) => name), 'help'])
})

test.each([
  [['help'], ['--help']],
  [['help', 'help'], ['--help']],
  [
    ['help', 'list'],
    ['list', '--help'],
  ],
  [
    ['help', 'identity', 'create'],
    ['identity', 'create', '--help'],
  ],
])('%j shows what %j does', async (asked, same) => {
  const shown = await cli(asked, '.')
  expect(shown).toEqual(await cli(same, '.'))
  expect(shown.code).toBe(0)
})

test.each([
  [['setp'], "unknown command 'setp' (Did you mean setup?)"],
  [['lst', '-i', 'user1', '--json'], "unknown command 'lst' (Did you mean list?)"],
  [['-i', 'user1', 'whyy'], "unknown command 'whyy' (Did you mean why?)"],
  [['help', 'lst'], "unknown command 'lst' (Did you mean list?)"],
  [['identity', 'crate'], "unknown command 'crate' (Did you mean create?)"],
  [['list', '-i', 'user1', '--jsn'], "unknown option '--jsn' (Did you mean --json?)"],
  [['xyzzy'], "unknown command 'xyzzy' (see"],
])('%j gets a suggestion where there is one', async (args, why) => {
  const { code, stderr } = await cli(args, '.')
  expect(code).toBe(2)
  expect(stderr).toContain(why)
})
