// Makes executable/chat-p2p: this program and Node in one file for this platform (Node's single executable applications), which
// runs where no Node is installed. Needs an official build of Node, whose binary has the place for it.
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build as esbuild } from 'esbuild'
import { inject } from 'postject'
import { build } from './build.mjs'
import { licenses, shared } from './bundle.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const out = path.join(root, 'executable')
/** Node finds out by this whether something was put in (its documentation, "Single executable applications"). */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

function run(file, args) {
  const { status, error } = spawnSync(file, args, { cwd: out, stdio: ['ignore', 2, 2] })
  if (error !== undefined || status !== 0) throw error ?? new Error(`${path.basename(file)} ${args[0]} failed`)
}

export async function makeExecutable() {
  build()
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out)
  const { metafile } = await esbuild({
    ...shared,
    entryPoints: ['dist/cli/sea.js'],
    outfile: path.join(out, 'sea.cjs'),
    format: 'cjs',
    // Only for naming our own files, see src/cli/sea.ts.
    define: { ...shared.define, 'import.meta.url': '"file:///chat-p2p/sea.js"' },
  })
  const config = { main: 'sea.cjs', output: 'sea.blob', disableExperimentalSEAWarning: true, useCodeCache: false }
  writeFileSync(path.join(out, 'sea.json'), JSON.stringify(config))
  run(process.execPath, ['--experimental-sea-config', 'sea.json'])
  const file = path.join(out, process.platform === 'win32' ? 'chat-p2p.exe' : 'chat-p2p')
  copyFileSync(process.execPath, file)
  chmodSync(file, 0o755)
  if (!readFileSync(file).includes(fuse)) throw new Error(`${process.execPath} has no place for a program in it`)
  if (process.platform === 'darwin') run('codesign', ['--remove-signature', file])
  const options = { sentinelFuse: fuse, machoSegmentName: 'NODE_SEA' }
  await inject(file, 'NODE_SEA_BLOB', readFileSync(path.join(out, 'sea.blob')), options)
  if (process.platform === 'darwin') run('codesign', ['--sign', '-', file])
  writeFileSync(path.join(out, 'THIRD-PARTY-LICENSES'), licenses(metafile))
  for (const made of ['sea.cjs', 'sea.json', 'sea.blob']) rmSync(path.join(out, made))
  return file
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.error(`made ${path.relative(process.cwd(), await makeExecutable())}`)
  } catch (error) {
    console.error(`chat-p2p: The executable could not be made: ${error.message}`)
    process.exitCode = 1
  }
}
