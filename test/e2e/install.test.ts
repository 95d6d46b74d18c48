import { type SpawnSyncOptions, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/cli.js'

const root = path.resolve(import.meta.dirname, '../..')
const npmQuiet = ['--no-audit', '--no-fund', '--offline']

let place: ReturnType<typeof temporaryFolder>
let tarball: string
beforeAll(() => {
  place = temporaryFolder()
  const { stdout } = run('npm', ['pack', '--pack-destination', place.dir, '--loglevel=error'], { cwd: root })
  tarball = path.join(place.dir, stdout.trim().split('\n').at(-1)!)
}, 120_000)
afterAll(() => place.remove())

/** Runs a command that has to succeed. */
function run(command: string, args: string[], options: SpawnSyncOptions = {}): { stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: place.dir, ...options, encoding: 'utf8' })
  expect({ status, stderr }, `${command} ${args.join(' ')}\n${stdout}`).toMatchObject({ status: 0 })
  return { stdout, stderr }
}

const folder = (name: string) => {
  const made = path.join(place.dir, name)
  mkdirSync(made)
  return made
}

describe('the package', () => {
  test('leaves the repository as it was', () => {
    const { scripts, dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
    expect(scripts.test).toBeDefined()
    expect(dependencies.libp2p).toBeDefined()
  })

  test('is installed without downloads, warnings or builds, and runs', () => {
    const cwd = folder('local')
    writeFileSync(path.join(cwd, 'package.json'), '{}')
    expect(run('npm', ['install', tarball, ...npmQuiet], { cwd }).stderr).toBe('')
    expect(readdirSync(path.join(cwd, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['chat-p2p'])
    run('npx', ['--no', 'chat-p2p', 'setup', '--users', 'ann', '--relays', '1'], { cwd })
    const shown = run('npx', ['--no', 'chat-p2p', 'identity', 'show', 'ann'], { cwd })
    expect(shown.stdout).toMatch(/^name +ann$/m)
  })

  test('gives its API to import and to require, with types that need nobody else’s', () => {
    const cwd = path.join(place.dir, 'local')
    const names = "console.log(typeof sdk.createContext, new sdk.OverlayError('busy', '').code)"
    const imported = run(process.execPath, ['--input-type=module', '-e', `import * as sdk from 'chat-p2p'; ${names}`], {
      cwd,
    })
    const required = run(process.execPath, ['-e', `const sdk = require('chat-p2p'); ${names}`], { cwd })
    expect([imported.stdout, required.stdout]).toEqual(['function busy\n', 'function busy\n'])
    for (const part of ['relay', 'testing', 'rendezvous']) {
      run(process.execPath, ['--input-type=module', '-e', `await import('chat-p2p/${part}')`], { cwd })
    }
  })

  test('has no source map that leads nowhere, and the licences of what is built in', () => {
    const installed = path.join(place.dir, 'local', 'node_modules', 'chat-p2p')
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
    expect(files.filter((name) => name.endsWith('.map'))).toEqual([])
    for (const name of files.filter((each) => /\.js$/.test(each))) {
      expect(readFileSync(path.join(installed, name), 'utf8')).not.toContain('\n//# sourceMappingURL')
    }
    expect(readFileSync(path.join(installed, 'bundle', 'THIRD-PARTY-LICENSES'), 'utf8')).toMatch(/^libp2p \d/m)
  })

  test('is installed for everybody with -g', () => {
    const prefix = folder('global')
    expect(run('npm', ['install', '-g', '--prefix', prefix, tarball, ...npmQuiet]).stderr).toBe('')
    const command = path.join(prefix, 'bin', 'chat-p2p')
    expect(run(command, ['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

test('the bundle is one folder that runs with node and nothing else', () => {
  const cwd = folder('bundle-only')
  run('cp', ['-r', path.join(root, 'bundle'), path.join(cwd, 'app')])
  const { stdout } = run(process.execPath, ['app/bin.js', '--help'], { cwd, env: { PATH: '' } })
  expect(stdout).toContain('Usage: chat-p2p')
  run(process.execPath, ['app/bin.js', 'setup', '--users', 'ann', '--relays', '1'], { cwd, env: { PATH: '' } })
  expect(readdirSync(path.join(cwd, 'identities'))).toContain('ann.json')
})

test('the executable runs on a PATH without node, and so do the processes it starts', () => {
  const made = spawnSync(process.execPath, [path.join(root, 'scripts', 'executable.mjs')], { encoding: 'utf8' })
  if (made.status !== 0 && /has no place for a program/.test(made.stderr)) {
    console.warn(`SKIPPED: ${made.stderr.trim()}`)
    return
  }
  expect(made).toMatchObject({ status: 0 })
  const executable = path.join(root, 'executable', 'chat-p2p')
  const env = { PATH: folder('empty'), HOME: place.dir }
  expect(run(executable, ['--version'], { env }).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  const { stdout } = run(executable, ['demo'], { env, timeout: 120_000 })
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^-- done: .*nothing was lost$/)
})
