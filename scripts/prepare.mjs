// What npm calls after an install in a clone, and in the copy it makes for `npm install git+…`, where the tools may be missing.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './build.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

if (!existsSync(path.join(root, 'node_modules', 'typescript'))) {
  const { npm_config_global: _, npm_config_location: __, npm_config_prefix: ___, ...env } = process.env
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const args = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync(npm, args, { cwd: root, env, stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(1)
}
try {
  build()
} catch {
  process.exit(1) // tsc has said why
}
