import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { addRendezvousCommand, fromGoFlags } from '../../../src/cli/rendezvous.js'

const ours = (line: string) =>
  fromGoFlags(['rendezvous', ...line.split(' ')])
    .slice(1)
    .join(' ')

describe("a go user's command line works unchanged", () => {
  test.each([
    ['-listen /ip4/127.0.0.1/tcp/6666', '--listen /ip4/127.0.0.1/tcp/6666'],
    ['-listen=/ip4/127.0.0.1/tcp/6666', '--listen=/ip4/127.0.0.1/tcp/6666'],
    ['-rendezvous x -peer /a -peer=/b -pid /chat/1.1.0', '--rendezvous x --peer /a --peer=/b --pid /chat/1.1.0'],
    ['-rendezvous=a=b', '--rendezvous=a=b'],
    ['-rendezvous=', '--rendezvous='],
    ['--listen /a', '--listen /a'],
    ['-identity-key k -hang-up', '--identity-key k --hang-up'],
    ['-help', '--help'],
    ['-v -h', '-v -h'],
    // a value is never a flag
    ['-rendezvous -peer -pid x', '--rendezvous -peer --pid x'],
    ['--rendezvous -peer -peer /a', '--rendezvous -peer --peer /a'],
    // what is no flag of this command is left to the parser to refuse
    ['-listens x', '-listens x'],
    ['-lis x', '-lis x'],
    ['- -listen', '- --listen'],
    ['-- -listen x', '-- -listen x'],
  ])('%s → %s', (line, expected) => {
    expect(ours(line)).toBe(expected)
  })

  test('a value may contain anything', () => {
    expect(fromGoFlags(['rendezvous', '-rendezvous', 'a\nb', '-rendezvous=a\n=b'])).toEqual([
      'rendezvous',
      '--rendezvous',
      'a\nb',
      '--rendezvous=a\n=b',
    ])
  })

  test('other commands keep their lines', () => {
    expect(fromGoFlags(['relay', '-listen', 'x'])).toEqual(['relay', '-listen', 'x'])
    expect(fromGoFlags([])).toEqual([])
  })

  test('every long option of the command has its one-dash form', () => {
    const program = new Command()
    addRendezvousCommand(program)
    for (const option of program.commands[0]!.options) {
      const long = option.long!
      const takesValue = option.required
      const args = ['rendezvous', long.slice(1), ...(takesValue ? ['-peer'] : [])]
      expect(fromGoFlags(args)).toEqual(['rendezvous', long, ...(takesValue ? ['-peer'] : [])])
    }
  })
})
