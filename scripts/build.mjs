// Compiles src/ to dist/ when a source is newer than the last build. Safe to run at any time; prints only when it works.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const stamp = path.join(root, 'dist', '.built')

function newest(entry) {
  const info = statSync(entry)
  if (!info.isDirectory()) return info.mtimeMs
  return Math.max(info.mtimeMs, ...readdirSync(entry).map((name) => newest(path.join(entry, name))))
}

export function build() {
  const sources = ['src', 'package.json', 'tsconfig.json', 'tsconfig.build.json'].map((name) => path.join(root, name))
  if (!sources.every((entry) => existsSync(entry))) return // an installed package carries dist/ and no sources
  const changed = Math.max(...sources.map(newest))
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= changed) return
  console.error('building…')
  // Compiled beside dist/ and swapped in, so that a failed build leaves the last good one.
  const fresh = path.join(root, `dist.${process.pid}`)
  try {
    execFileSync(
      process.execPath,
      [path.join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json', '--outDir', fresh],
      { cwd: root, stdio: 'inherit' },
    )
    chmodSync(path.join(fresh, 'cli', 'bin.js'), 0o755)
    rmSync(path.join(root, 'dist'), { recursive: true, force: true })
    renameSync(fresh, path.join(root, 'dist'))
    writeFileSync(stamp, '')
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    build()
  } catch (error) {
    if (error?.status === undefined) throw error // otherwise tsc has said why
    process.exitCode = 1
  }
}
