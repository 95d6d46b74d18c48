import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { defaultService, formatService, parseService } from '../../../src/cli/service-file.js'
import { setupDefaults } from '../../../src/cli/setup-plan.js'
import { isOverlayError } from '../../../src/core/errors.js'

const file = 'setup/service.json'
const root = path.resolve(import.meta.dirname, '../../..')

test('what is written reads back', () => {
  const service = { ...defaultService('ssh', 2), bind: { roles: ['#server', '@root'], semantic: 'AllOf' as const } }
  expect(parseService(formatService(service), file)).toEqual(service)
})

test("the repository's own service file is what setup would write", () => {
  const text = readFileSync(path.join(root, file), 'utf8')
  expect(text).toBe(formatService(defaultService(setupDefaults.service, setupDefaults.maxTerminators)))
})

test('a name alone is enough', () => {
  expect(parseService('{"name":"chat-p2p"}', file)).toEqual(defaultService('chat-p2p'))
})

test('a policy without a semantic means any of its roles, and an empty one nobody', () => {
  const service = parseService('{"name":"x","bind":{"roles":["@ann"]},"dial":{"roles":[]}}', file)
  expect(service.bind).toEqual({ roles: ['@ann'], semantic: 'AnyOf' })
  expect(service.dial.roles).toEqual([])
})

test.each([
  ['not JSON', '{', 'not JSON'],
  ['a list', '[]', 'not an object'],
  ['nothing', 'null', 'not an object'],
  ['no name', '{}', 'name is missing'],
  ['a bad name', '{"name":"a@b"}', 'may not contain @'],
  ['a misspelt field', '{"name":"x","maxterminators":2}', "no use for 'maxterminators'"],
  ['a misspelt policy field', '{"name":"x","bind":{"role":[]}}', "no use for 'role' in bind"],
  ['a policy that is a list', '{"name":"x","dial":["#chat"]}', 'dial is not an object'],
  ['roles that are a text', '{"name":"x","dial":{"roles":"#chat"}}', 'roles of dial is not a list'],
  ['a role without #', '{"name":"x","dial":{"roles":["chat"]}}', "'chat' in dial"],
  ['another semantic', '{"name":"x","dial":{"roles":[],"semantic":"anyof"}}', 'AnyOf or AllOf'],
  ['no terminators', '{"name":"x","maxTerminators":0}', 'maxTerminators'],
  ['terminators as text', '{"name":"x","maxTerminators":"3"}', 'maxTerminators'],
  ['an unknown strategy', '{"name":"x","strategy":"fast"}', 'smartrouting'],
  ['no shards', '{"name":"x","shards":0}', 'shards'],
])('%s: refused, naming the file and what is wrong', (_, text, why) => {
  try {
    parseService(text, file)
    expect.unreachable()
  } catch (error) {
    if (!isOverlayError(error, 'bad_argument')) throw error
    expect(error.message).toContain(file)
    expect(error.message).toContain(why)
    expect(error.details.path).toBe(file)
  }
})
