import { spawn } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')

/** What `npm run failover -- <args>` prints and reports. */
async function harness(...args: string[]): Promise<{ code: number; output: string }> {
  const script = path.join(root, 'scripts', 'run.mjs')
  const child = spawn(process.execPath, [script, 'failover', ...args], { cwd: root, stdio: 'pipe' })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += data
    })
  }
  const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? -1)))
  return { code, output }
}

test('relays are killed, frozen and restarted under chats and transfers, and nothing is lost, repeated or reordered', async () => {
  const faults = ['--faults', 'kill,freeze,restart,idle-kill']
  const size = ['--relays', '3', '--hosts', '1', '--dialers', '1', '--count', '8']
  const { code, output } = await harness('--seed', '20261121', ...size, ...faults)
  expect(output).toContain('lost 0 · duplicated 0 · reordered 0 · corrupted 0')
  expect(output).toMatch(/sessions \d+, lost 0/)
  expect(output).toMatch(/8 faults in/)
  expect(code, output).toBe(0)
})
