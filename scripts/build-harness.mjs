// Compiles src/, test/harness/, test/bench/, test/hostile/, test/fuzz/, test/years/ and test/support/ to build/ when a source is newer than the last build: the
// harness starts many node processes, which must not each compile TypeScript.
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { banner, shared } from './bundle.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const out = path.join(root, 'build')
const stamp = path.join(out, '.built')

function newest(entry) {
  if (!existsSync(entry)) return 0
  const info = statSync(entry)
  if (!info.isDirectory()) return info.mtimeMs
  return Math.max(info.mtimeMs, ...readdirSync(entry).map((name) => newest(path.join(entry, name))))
}

export function buildHarness() {
  const sources = [
    'src',
    'test/harness',
    'test/bench',
    'test/hostile',
    'test/fuzz',
    'test/years',
    'test/support',
    'tsconfig.json',
    'tsconfig.harness.json',
    'scripts/bundle.mjs',
    'scripts/build-harness.mjs',
  ]
  const changed = Math.max(...sources.map((name) => newest(path.join(root, name))))
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= changed) return
  console.error('building the harness…')
  const startedAt = new Date()
  const fresh = `${out}.${process.pid}`
  try {
    execFileSync(
      process.execPath,
      [path.join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.harness.json', '--outDir', fresh],
      { cwd: root, stdio: 'inherit' },
    )
    copyFileSync(path.join(root, 'package.json'), path.join(fresh, 'package.json')) // the program tells its version from it
    bundleBench(fresh)
    rmSync(out, { recursive: true, force: true })
    renameSync(fresh, out)
    writeFileSync(stamp, '')
    utimesSync(stamp, startedAt, startedAt) // a source changed while tsc ran counts as changed
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

/**
 * The processes of the benchmark, bundled as the program is that people run: hundreds of modules, each by itself, are 20 MiB more in
 * each process. What brings native code of its own stays outside.
 */
function bundleBench(folder) {
  buildSync({
    ...shared,
    metafile: false,
    entryPoints: [path.join(folder, 'test/bench/peer.js')],
    outdir: path.join(folder, 'test/bench/bundle'),
    format: 'esm',
    splitting: true,
    external: ['hyperdht', 'blind-relay'],
    banner,
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildHarness()
