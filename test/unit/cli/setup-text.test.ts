import { afterEach, beforeEach, expect, test } from 'vitest'
import { temporaryFolder } from '../../support/cli.js'
import { cli } from './in-process.js'

let place: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  place = temporaryFolder()
})
afterEach(() => place.remove())

test('with relays on several machines it says which file goes where, and which port to open', async () => {
  const { code, stderr } = await cli(
    ['setup', '--relay-host', '192.0.2.1,192.0.2.2,192.0.2.1', '--users', 'ann'],
    place.dir,
  )
  expect(code, stderr).toBe(0)
  expect(stderr).toMatch(
    /\n {2}192\.0\.2\.1: open TCP port 4001, 4002 .*\n {4}scp -p identities\/relay1\.json identities\/relay3\.json 192\.0\.2\.1:identities\/\n/,
  )
  expect(stderr).toMatch(
    /\n {2}192\.0\.2\.2: open TCP port 4001 .*\n.*identities\/relay2\.json 192\.0\.2\.2:identities\/\n.*relay -i relay2\n {2}\(with --install /,
  )
})

test('on this machine it is terminals, not machines', async () => {
  const { stderr } = await cli(['setup', '--users', 'ann', '--relays', '1'], place.dir)
  expect(stderr).toContain('each in a terminal of its own')
  expect(stderr).not.toContain('scp')
})
