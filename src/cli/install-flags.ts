import type { Command } from 'commander'
import { OverlayError } from '../core/errors.js'

/** The flags of commands that can become a unit of systemd. */
export interface InstallFlags {
  identity: string
  install?: boolean
  uninstall?: boolean
  user?: boolean
  dryRun?: boolean
}

/** Adds the flags to a command, behind its own. */
export function addInstallFlags(command: Command): Command {
  return command
    .option('--install', 'make this command a unit of systemd, enabled and started; shows what it writes')
    .option('--uninstall', 'take that unit away again')
    .option('--user', "with these two: a unit of this user's, not of the machine (default unless root)")
    .option('--dry-run', 'with these two: only show it')
}

/** Throws `bad_argument` for flags of installing without it: what was to be shown would run, and take the place of what runs. */
export function checkInstallFlags({ install, uninstall, user, dryRun }: InstallFlags): void {
  if (install && uninstall) throw new OverlayError('bad_argument', '--install and --uninstall are two commands.')
  if (install || uninstall || !(user || dryRun)) return
  throw new OverlayError('bad_argument', `--${dryRun ? 'dry-run' : 'user'} goes with --install or --uninstall only.`)
}
