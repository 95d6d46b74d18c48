import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')

// Whether it works, not how fast it is: machines that run tests are busy.
test('the benchmark measures sessions beside what they are made of, and tells ratios', () => {
  const build = spawnSync(process.execPath, [path.join(root, 'scripts/build-harness.mjs')], { encoding: 'utf8' })
  expect(build.status, build.stderr).toBe(0)
  const args = [path.join(root, 'build/test/bench/main.js'), '--small', '--ways', 'tls,tls proxied,splice,direct']
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 280_000 })
  expect(status, stderr).toBe(0)
  const onOneCpu = spawnSync('taskset', ['-c', '0', 'true']).status === 0
  for (const figure of [
    'echo p50, ms',
    ...(onOneCpu ? ['echo p50 on one CPU, ms'] : []),
    'dial → accepted p50, ms',
    'cold process → accepted, ms',
    'dials per second, one at a time',
    'dials per second, 16 at a time',
    'up, MiB/s',
    '8 × down, MiB/s',
    'CPU s/GiB, all',
    'KiB per idle path, relay',
    'reader stopped, MiB at most, relay',
    'idle relay, % of a core',
    'start → bound, ms',
  ]) {
    expect(stdout).toContain(figure)
  }
  expect(stdout).toMatch(/[✓✗] {2}splice ÷ tls proxied: up, MiB\/s: [\d.]+ \(≥ 0\.8\)/)
  const unmeasured = stdout.split('\n').filter((line) => line.includes('not measured'))
  const forLongRuns = onOneCpu ? /gap p50/ : /gap p50|on one CPU/ // relays that fail under traffic
  expect(unmeasured.filter((line) => !forLongRuns.test(line))).toEqual([])
}, 300_000)

test('an unknown way is told, with the list of those there are', () => {
  const args = [path.join(root, 'build/test/bench/main.js'), '--ways', 'pigeon']
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect([status, stderr]).toEqual([2, expect.stringMatching(/there is no 'pigeon'; one of tcp, tls, /)])
})
