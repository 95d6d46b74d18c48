import { readFileSync } from 'node:fs'

declare const bundledVersion: string | undefined

/** Returns this program's version. A bundle has it built in: it may lie anywhere, without a package.json. */
export function version(): string {
  if (typeof bundledVersion === 'string') return bundledVersion
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
}
