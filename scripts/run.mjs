// What `npm start`, `npm test`, `npm run demo` and `npm run failover` call: installs and builds what is missing, then runs.
// Uses nothing but Node and npm, so that it works in a fresh clone.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const [task, ...args] = process.argv.slice(2)

const tasks = {
  start: ['dist/cli/bin.js', 'quickstart'],
  demo: ['dist/cli/bin.js', 'demo'],
  test: ['node_modules/vitest/vitest.mjs', 'run'],
  'test:fast': ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit'],
  // The tests of the command line, on dist/ instead of bundle/.
  'test:dist': [
    'node_modules/vitest/vitest.mjs',
    'run',
    ...['setup', 'chat', 'forward', 'ssh', 'output', 'quickstart', 'rendezvous'].map(
      (name) => `test/e2e/${name}.test.ts`,
    ),
  ],
  failover: ['build/test/harness/main.js'],
  nat: ['build/test/harness/nat-main.js'],
  bench: ['build/test/bench/main.js'],
}

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`chat-p2p needs Node 20.19 or newer; this is ${process.version}.`)
  process.exit(1)
}
if (!(task in tasks)) {
  console.error(`unknown task ${task}; one of ${Object.keys(tasks).join(', ')}`)
  process.exit(2)
}

const lock = path.join(root, 'package-lock.json')
const installed = path.join(root, 'node_modules', '.package-lock.json')
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  console.error('installing dependencies (once)…')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const { status } = spawnSync(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) process.exit(1)
}
const { build } = await import('./build.mjs')
const { buildHarness } = await import('./build-harness.mjs')
try {
  if (['failover', 'nat', 'bench'].includes(task)) buildHarness()
  else if (task !== 'test:fast') build()
  if (task === 'bench') build()
  if (['test', 'bench'].includes(task)) await (await import('./bundle.mjs')).bundle()
} catch {
  process.exit(1) // tsc has said why
}

const [script, ...fixed] = tasks[task]
// What people install is the bundle, which also starts in a third of the time.
const bundled = path.join(root, 'bundle/bin.js')
const extra = {
  test: { TEST_BUDGET: 'thorough', CHAT_P2P_BIN: bundled },
  bench: { CHAT_P2P_BIN: bundled },
}
const env = { ...extra[task], ...process.env }
const child = spawn(process.execPath, [path.join(root, script), ...fixed, ...args], {
  cwd: root,
  env,
  stdio: 'inherit',
})
// The terminal sends Ctrl-C to the whole group: let the child decide what it means, and end when it ends.
for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
