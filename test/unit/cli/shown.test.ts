import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

test('JSON for stdout goes through shownJson, which leaves nothing unseen in it', () => {
  const raw = readdirSync('src/cli').filter((file) =>
    /(?:console\.log|stdout\.write)\([^\n]*JSON\.stringify/.test(readFileSync(path.join('src/cli', file), 'utf8')),
  )
  expect(raw).toEqual([])
})
