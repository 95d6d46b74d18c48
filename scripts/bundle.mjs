// Makes bundle/ from dist/: everything this program and its SDK need in one folder that runs with plain node. It is what the
// package carries; dist/ stays for tests and for working on the sources.
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const out = path.join(root, 'bundle')
const { name, version, license } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))

/** All in one folder: code that starts another file of ours looks for it beside itself. */
const entryPoints = {
  bin: 'dist/cli/bin.js',
  'peer-process': 'dist/apps/rendezvous/peer-process.js',
  sdk: 'dist/sdk/index.js',
  relay: 'dist/relay/index.js',
  rendezvous: 'dist/rendezvous/rendezvous.js',
  testing: 'dist/testing/index.js',
}

export const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  minifyWhitespace: true,
  minifySyntax: true, // identifiers stay: stacks are for people
  lineLimit: 160, // of an uncaught error Node prints the whole line
  define: { bundledVersion: JSON.stringify(version) },
  legalComments: 'none', // said in full in THIRD-PARTY-LICENSES
  logLevel: 'warning',
  metafile: true,
}

/** What of the dependencies is CommonJS asks for Node's own modules so. */
export const banner = {
  js: "import{createRequire as bundleRequire}from'node:module';const require=bundleRequire(import.meta.url);",
}

/** The licences of what was built in, which have to travel with it. */
export function licenses(metafile) {
  const packages = new Set()
  for (const input of Object.keys(metafile.inputs)) {
    const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)
    if (found !== null) packages.add(found[1])
  }
  const texts = [...packages].sort().map((folder) => {
    const info = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'))
    const files = ['LICENSE', 'LICENSE-MIT', 'LICENSE-APACHE', 'LICENSE.md', 'LICENSE.txt', 'license', 'LICENCE']
    const text = files.map((file) => path.join(root, folder, file)).find((file) => existsSync(file))
    const head = `${info.name} ${info.version} (${info.license ?? 'see below'})`
    return `${head}\n${'-'.repeat(head.length)}\n\n${text === undefined ? '' : readFileSync(text, 'utf8').trim()}\n`
  })
  return `What is built into ${name} ${version}, and the terms it comes under.\n\n${texts.join('\n\n')}`
}

export async function bundle() {
  // Made beside bundle/ and swapped in, so that a failed build leaves the last good one.
  const fresh = path.join(root, `bundle.${process.pid}`)
  try {
    mkdirSync(fresh)
    const { metafile } = await build({
      ...shared,
      entryPoints,
      outdir: fresh,
      format: 'esm',
      splitting: true,
      chunkNames: '[name]-[hash]',
      banner,
    })
    chmodSync(path.join(fresh, 'bin.js'), 0o755)
    writeFileSync(
      path.join(fresh, 'package.json'),
      `${JSON.stringify({ name, version, license, type: 'module', bin: { [name]: 'bin.js' } }, null, 2)}\n`,
    )
    writeFileSync(path.join(fresh, 'THIRD-PARTY-LICENSES'), licenses(metafile))
    rmSync(out, { recursive: true, force: true })
    renameSync(fresh, out)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { build: compile } = await import('./build.mjs')
  compile()
  await bundle()
}
