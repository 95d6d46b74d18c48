import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { untilSettled } from '../../../src/core/alive.js'

test('a process stays for work that waits for nothing that keeps it', () => {
  const run = (source: string) => {
    const script = `const untilSettled = ${untilSettled.toString()}
      const work = new Promise((resolve) => setTimeout(resolve, 20).unref())
      await ${source}
      console.log('done')`
    return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  }
  expect(run('work')).toMatchObject({ status: 13, stdout: '' })
  expect(run('untilSettled(work)')).toMatchObject({ status: 0, stdout: 'done\n' })
})

test('work that fails does so', async () => {
  await expect(untilSettled(Promise.reject(new Error('no')))).rejects.toThrow('no')
})
