// What npm calls after an install in a clone, and in the copy it makes for `npm install git+…`, where the tools may be missing.
import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, unlinkSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './build.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const { npm_config_cache: cache, npm_config_local_prefix: local, npm_config_global_prefix: prefix } = process.env

/** Whether this is the copy that npm clones for an install from git; it is packed, and then removed. */
const isCopy = cache !== undefined && root.startsWith(path.join(realpathSync(cache), '_cacache', 'tmp') + path.sep)

if (!existsSync(path.join(root, 'node_modules', 'esbuild'))) {
  const { npm_config_global: _, npm_config_location: __, npm_config_prefix: ___, ...env } = process.env
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const args = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync(npm, args, { cwd: root, env, stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(1)
}
try {
  build()
  await (await import('./bundle.mjs')).bundle()
} catch {
  process.exit(1) // tsc or esbuild has said why
}
// Called once while the copy's own dependencies are installed, and once more to pack it: as the package has everything built in.
if (isCopy && local !== root) {
  leavePlace()
  const { publish } = await import('./pack.mjs')
  publish()
}

/**
 * `npm install -g git+…` also installs the copy itself, as a link to it, in the place where the package is unpacked then: that
 * would be gone with the copy. Makes a folder of it again.
 */
function leavePlace() {
  if (process.env.npm_config_global !== 'true' || prefix === undefined) return
  const { name } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  const place = path.join(prefix, ...(process.platform === 'win32' ? [] : ['lib']), 'node_modules', name)
  const found = lstatSync(place, { throwIfNoEntry: false })
  if (!found?.isSymbolicLink() || !existsSync(place) || realpathSync(place) !== root) return
  unlinkSync(place)
  mkdirSync(place)
}
