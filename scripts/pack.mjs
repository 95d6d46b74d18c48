// What `npm pack` and `npm publish` call before and after: the package carries bundle/, which has everything built in, so that
// whoever installs it downloads nothing else, is warned of nothing and compiles nothing. Its package.json is made here; the one
// of the repository, with dependencies and scripts, comes back afterwards (and before the next pack, had one been cut off).
import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './build.mjs'
import { bundle } from './bundle.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const manifest = path.join(root, 'package.json')
const kept = path.join(root, '.package.json.kept')

/** The package.json of the package, from that of the repository. */
export function published({ scripts: _, dependencies: __, devDependencies: ___, overrides: ____, ...rest }) {
  const bundled = { '.': 'sdk', './relay': 'relay', './testing': 'testing', './rendezvous': 'rendezvous' }
  const exports = Object.entries(rest.exports).map(([name, value]) => [
    name,
    // `default`, not `import`: Node can also `require` them.
    name in bundled ? { types: value.types, default: `./bundle/${bundled[name]}.js` } : value,
  ])
  const missing = exports.filter(([name, value]) => typeof value === 'object' && !(name in bundled))
  if (missing.length > 0)
    throw new Error(`scripts/bundle.mjs does not know ${missing.map(([name]) => name).join(', ')}`)
  return {
    ...rest,
    bin: { [rest.name]: 'bundle/bin.js' },
    exports: Object.fromEntries(exports),
    files: ['bundle', 'dist/**/*.d.ts', ...rest.files.filter((name) => !name.startsWith('dist'))],
  }
}

/** Makes the package.json here that of the package. */
export function publish() {
  const json = published(JSON.parse(readFileSync(manifest, 'utf8')))
  writeFileSync(manifest, `${JSON.stringify(json, null, 2)}\n`)
}

function restore() {
  if (existsSync(kept)) renameSync(kept, manifest)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  restore()
  if (process.argv[2] === 'before') {
    build()
    await bundle()
    copyFileSync(manifest, kept)
    publish()
  }
}
