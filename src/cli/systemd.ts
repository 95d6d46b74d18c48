import { spawnSync } from 'node:child_process'
import { OverlayError } from '../core/errors.js'
import { shownName } from '../core/text.js'

const systemctlMs = 60_000

/** Runs `systemctl`, of the machine (`system`) or of this user. Throws `file_unreadable` with what it said. */
export function systemctl(system: boolean, ...words: string[]): void {
  const args = [...(system ? [] : ['--user']), ...words]
  const { status, stderr, error } = spawnSync('systemctl', args, { encoding: 'utf8', timeout: systemctlMs })
  if (status === 0) return
  const why = error === undefined ? stderr.trim().split('\n')[0] : `systemctl can't be run (${error.message})`
  throw new OverlayError('file_unreadable', `systemd did not take the unit: ${shownName(why || `exit ${status}`)}`)
}

/**
 * Returns the first of the paths that a user may not read (`r`) or write (`w`), asked as that user, which takes root; undefined
 * when there is none, or nobody can tell.
 */
export function deniedTo(
  user: { uid: number; gid: number },
  what: 'r' | 'w',
  paths: readonly string[],
): string | undefined {
  const as = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--init-groups', '--', 'test', `-${what}`]
  return paths.find((path) => spawnSync('setpriv', [...as, path]).status === 1)
}
