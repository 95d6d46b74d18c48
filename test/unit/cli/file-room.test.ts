import { expect, test } from 'vitest'
import { fileRoom } from '../../../src/cli/file-room.js'

/** Looks once for each letter, `.` with room and `x` without, and returns what was said, by its first words. */
function saidFor(looks: string): string[] {
  const said: string[] = []
  const left = [...looks]
  const look = fileRoom(
    (level, text) => said.push(`${level} ${text.split(' ').slice(0, 3).join(' ')}`),
    () => left.shift() === '.',
  )
  while (left.length > 0) look()
  return said
}

const none = 'WARNING this process may'
const again = 'INFO more files may'

test.each([
  ['nothing is said while there is room', '....', []],
  ['no room is said once', 'xxxxx', [none]],
  ['room that lasts is said', `xx${'.'.repeat(10)}......`, [none, again]],
  ['room that comes and goes is not', 'x.x..x....x.........x', [none]],
  ['the next time is said again', `x${'.'.repeat(10)}x`, [none, again, none]],
])('%s', (_, looks, said) => {
  expect(saidFor(looks)).toEqual(said)
})
