// What npm calls after an install in a clone, and in the copy it makes for `npm install git+…`. There, with `-g`, its `global`
// setting reaches the install inside the copy: the tools go missing, and the copy itself is put in the place that the package is
// to be unpacked to, and then removed with all of it (seen in npm 10 and 11). So the tools are installed here, and that link goes.
import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, readlinkSync, unlinkSync } from 'node:fs'
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
const { npm_config_global: global, npm_config_global_prefix: prefix, _PACOTE_NO_PREPARE_: inCopy } = process.env
if (global === 'true' && prefix !== undefined && inCopy !== undefined) {
  for (const folder of ['lib/node_modules', 'node_modules']) {
    const link = path.join(prefix, folder, 'chat-p2p')
    if (!lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink()) continue
    if (path.resolve(path.dirname(link), readlinkSync(link)) === root) unlinkSync(link)
  }
}
try {
  build()
} catch {
  process.exit(1) // tsc has said why
}
