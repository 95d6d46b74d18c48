// `npm run docs:api`: API pages from the docstrings of what the package exports, as HTML in build.api/. typedoc has a folder of
// its own, scripts/api-docs, because it needs another TypeScript than the project.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const tools = path.join(root, 'scripts', 'api-docs')
const out = path.resolve(process.argv[2] ?? path.join(root, 'build.api'))

const run = (command, args, cwd) => {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(1)
}
if (!existsSync(path.join(tools, 'node_modules'))) {
  console.error('installing typedoc (once)…')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  run(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], tools)
}
// Every entry point of the package, as its exports name it: dist/x/y.d.ts is src/x/y.ts.
const { exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
const entries = Object.values(exports)
  .map((entry) => entry.types)
  .filter((types) => types !== undefined)
  .map((types) => types.replace(/^\.\/dist\//, 'src/').replace(/\.d\.ts$/, '.ts'))
run(
  process.execPath,
  [
    path.join(tools, 'node_modules', 'typedoc', 'bin', 'typedoc'),
    ...[
      '--tsconfig',
      'tsconfig.json',
      '--out',
      out,
      '--readme',
      'docs/sdk.md',
      '--name',
      'chat-p2p',
      '--logLevel',
      'Warn',
    ],
    // The project's own compiler checks the types; EventEmitter's own documentation is Node's.
    ...['--skipErrorChecking', '--excludePrivate', '--excludeInternal', '--excludeExternals', '--disableSources'],
    ...['--validation.notExported', 'false', '--validation.invalidLink', 'false'],
    ...entries,
  ],
  root,
)
console.log(path.join(out, 'index.html'))
