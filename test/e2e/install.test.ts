import { type SpawnSyncOptions, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/cli.js'
import { shownBlocks } from '../support/shown-blocks.js'

const root = path.resolve(import.meta.dirname, '../..')
const npmQuiet = ['--no-audit', '--no-fund', '--offline']

let place: ReturnType<typeof temporaryFolder>
let tarball: string
let packed: string
beforeAll(() => {
  place = temporaryFolder()
  // Packing changes package.json while it lasts: in a copy, as other tests read it.
  packed = path.join(place.dir, 'packed')
  for (const name of run('git', ['ls-files'], { cwd: root }).stdout.trim().split('\n')) {
    if (existsSync(path.join(root, name))) cpSync(path.join(root, name), path.join(packed, name))
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(packed, 'node_modules'))
  const { stdout } = run('npm', ['pack', '--pack-destination', place.dir, '--loglevel=error'], { cwd: packed })
  tarball = path.join(place.dir, stdout.trim().split('\n').at(-1)!)
})
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
    const { scripts, dependencies } = JSON.parse(readFileSync(path.join(packed, 'package.json'), 'utf8'))
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
    // Without skipLibCheck: what our types need, they bring.
    writeFileSync(
      path.join(cwd, 'user.mts'),
      "import { createContext } from 'chat-p2p'; import { startTestNetwork } from 'chat-p2p/testing'; " +
        "export const connection = (await createContext('x')).dial('y'); export { startTestNetwork }",
    )
    const types = ['--types', 'node', '--typeRoots', path.join(root, 'node_modules', '@types')]
    const target = ['--module', 'nodenext', '--target', 'es2023', '--lib', 'es2024,esnext.disposable']
    const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    run(process.execPath, [tsc, '--noEmit', ...target, ...types, 'user.mts'], { cwd })
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

  test('of an error that nobody catches a person sees a piece of its code, not all of it', () => {
    const program = "import { createContext } from 'chat-p2p'; await createContext('nobody')"
    const cwd = path.join(place.dir, 'local')
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd,
      encoding: 'utf8',
    })
    expect(status).toBe(1)
    expect(stderr).toContain("There is no identity 'nobody'")
    expect(Math.max(...stderr.split('\n').map(({ length }) => length))).toBeLessThan(1_000)
  })

  test('is installed for everybody with -g', () => {
    const prefix = folder('global')
    expect(run('npm', ['install', '-g', '--prefix', prefix, tarball, ...npmQuiet]).stderr).toBe('')
    const command = path.join(prefix, 'bin', 'chat-p2p')
    expect(run(command, ['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

/** The lines of the block that begins with `first` in the README's Install section. */
function shown(first: string): string[] {
  const block = shownBlocks().find(({ file, text }) => file === 'README.md' && text.startsWith(first))
  return block?.text.split('\n') ?? []
}

describe('in a fresh clone', () => {
  let clone: string
  let env: NodeJS.ProcessEnv
  beforeAll(() => {
    clone = path.join(place.dir, 'clone')
    run('git', ['clone', '--quiet', '--no-hardlinks', root, clone])
    const prefix = path.join(place.dir, 'prefix')
    mkdirSync(prefix)
    env = { ...process.env, PWD: clone, npm_config_prefix: prefix, npm_config_prefer_offline: 'true' }
    for (const name of Object.keys(env)) if (/^npm_(lifecycle|package|command)/.test(name)) delete env[name]
  })
  const installed = () => run(path.join(place.dir, 'prefix', 'bin', 'chat-p2p'), ['--version']).stdout

  /** Runs a line of the README; false, aloud, when it wants packages and there is no way to get them. */
  function type(line: string): boolean {
    const { status, stderr } = spawnSync('sh', ['-c', line], { cwd: clone, env, encoding: 'utf8' })
    if (status !== 0 && /ENOTFOUND|ECONNREFUSED|ENOTCACHED|EAI_AGAIN|ETIMEDOUT/.test(stderr)) {
      console.warn(`SKIPPED: ${line} has no way to the package registry`)
      return false
    }
    expect({ status, stderr }, line).toMatchObject({ status: 0 })
    return true
  }

  test('its address is enough to install it for everybody', () => {
    if (
      !type(`npm install -g git+file://${clone} --prefix ${folder('from-git')} --no-audit --no-fund --loglevel=error`)
    )
      return
    const command = path.join(place.dir, 'from-git', 'bin', 'chat-p2p')
    expect(run(command, ['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  }, 600_000)

  test('each way works, line by line, as the README says', () => {
    const lines = shown('npm ci --ignore-scripts')
    expect(lines.length).toBeGreaterThan(2)
    for (const line of [...lines, 'npm run bundle', 'npm run executable']) {
      if (type(line)) continue
      return
    }
    expect(installed()).toMatch(/^\d+\.\d+\.\d+\n$/)

    const nothing = { PATH: folder('empty'), HOME: place.dir }
    const cwd = folder('elsewhere')
    run('mv', [path.join(clone, 'bundle'), path.join(cwd, 'app')])
    const { stdout } = run(process.execPath, ['app/bin.js', '--help'], { cwd, env: nothing })
    expect(stdout).toContain('Usage: chat-p2p')
    run(process.execPath, ['app/bin.js', 'setup', '--users', 'ann', '--relays', '1'], { cwd, env: nothing })
    expect(readdirSync(path.join(cwd, 'identities'))).toContain('ann.json')

    // The processes that it starts are itself as well.
    const demo = run(path.join(clone, 'executable', 'chat-p2p'), ['demo'], { cwd, env: nothing, timeout: 180_000 })
    expect(demo.stdout.trimEnd().split('\n').at(-1)).toMatch(/^-- done: .*nothing was lost$/)
  }, 600_000)
})
