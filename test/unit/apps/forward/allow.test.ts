import { expect, test } from 'vitest'
import { isAllowed, parseAllowList } from '../../../../src/apps/forward/allow.js'

const bob = { name: 'bob', roles: ['chat', 'ops'] }

test.each<[string[], boolean]>([
  [[], true],
  [['bob'], true],
  [['@bob'], true],
  [['#ops'], true],
  [['#all'], true],
  [['alice', '#ops'], true],
  [['alice'], false],
  [['Bob'], false],
  [['ops'], false],
  [['#bob'], false],
  [['#op', '#opss'], false],
  [['all'], false],
  [['@all'], false],
])('with --allow %j, bob of chat and ops is let in: %s', (entries, expected) => {
  expect(isAllowed(parseAllowList(entries), bob)).toBe(expected)
})

test.each([[''], ['#'], ['@'], ['#a b'], ['##a'], ['#a,b'], ['a/b'], ['../a'], ['-x']])(
  'the entry %j is refused, not overlooked',
  (entry) => {
    expect(() => parseAllowList(['bob', entry])).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^bad_(argument|name)$/) }),
    )
  },
)
