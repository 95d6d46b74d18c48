import { execFile, execFileSync } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { programs } from './programs.js'

const root = path.resolve(import.meta.dirname, '../..')

beforeAll(() => {
  execFileSync(process.execPath, [path.join(root, 'scripts', 'build-harness.mjs')], { stdio: 'inherit' })
})

// The same programs as `npm run hostile`, in small.
test.each(programs.map(({ name, about }) => [name, about]))('%s: %s', async (name) => {
  const main = path.join(root, 'build', 'test', 'hostile', 'main.js')
  const run = promisify(execFile)(process.execPath, [main, '--small', name], { cwd: root, timeout: 170_000 })
  const { stdout } = await run.catch((error: { stdout?: string }) => ({ stdout: `${error.stdout}\n${error}` }))
  expect(stdout).toContain('All of them held.')
})
