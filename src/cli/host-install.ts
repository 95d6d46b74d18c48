import { spawnSync } from 'node:child_process'
import { existsSync, realpathSync, rmSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import type { Command } from 'commander'
import { OverlayError } from '../core/errors.js'
import { shownName } from '../core/text.js'
import { writeFileAtomic } from '../identity/atomic-file.js'
import { inspectIdentity } from '../identity/identity-file.js'
import { shellWord } from './program-name.js'
import { unitName, unitText } from './unit-file.js'

export interface InstallFlags {
  identity: string
  instance?: string
  install?: boolean
  uninstall?: boolean
  user?: boolean
  dryRun?: boolean
}

const systemctlMs = 60_000

/**
 * Carries out `host … --install`: it makes a systemd unit of the same command line, enables and starts it, and shows what it
 * writes.
 */
export async function installHost(service: string, flags: InstallFlags, command: Command): Promise<void> {
  const identity = await inspectIdentity(flags.identity, { expectKind: 'user' })
  const { file, system, name } = place(service, flags.instance ?? identity.name, flags)
  const identityFile = realpathSync(identity.path!)
  const folder = path.dirname(identityFile)
  const { uid } = statSync(identityFile)
  const script = process.argv[1] === undefined ? [] : [realpathSync(process.argv[1])]
  const text = unitText({
    description: `chat-p2p host ${flags.instance ?? identity.name} for ${service}`,
    command: [process.execPath, ...script, 'host', service, ...asTyped(command), '-i', identityFile],
    folder,
    system,
    ...(uid === 0 ? {} : { uid }),
  })
  process.stderr.write(`${file}:\n\n${text}\n`)
  if (identity.lockedKey !== undefined) {
    process.stderr.write('The key of this identity is locked: the unit needs its passphrase, see docs/operate.md.\n')
  }
  if (flags.dryRun) return
  const before = existsSync(file)
  await writeFileAtomic(file, text, { mode: 0o644, replace: true })
  try {
    systemctl(system, 'daemon-reload')
    systemctl(system, 'enable', name)
    systemctl(system, 'restart', name)
  } catch (error) {
    if (!before) rmSync(file)
    throw error
  }
  process.stdout.write(`${file}\n`)
  const user = system ? '' : ' --user'
  process.stderr.write(
    `It runs, and will after every start. What it says: journalctl${user} -u ${shellWord(name)} -f\n`,
  )
  if (!system) process.stderr.write('So that it runs while nobody is logged in: loginctl enable-linger\n')
}

/** Carries out `host … --uninstall`. */
export async function uninstallHost(service: string, flags: InstallFlags): Promise<void> {
  const instanceId = flags.instance ?? (await inspectIdentity(flags.identity)).name
  const { file, system, name } = place(service, instanceId, flags)
  if (!existsSync(file)) {
    throw new OverlayError('file_unreadable', `There is no unit ${file}; nothing was changed.`, { path: file })
  }
  process.stderr.write(`Stops ${name} and removes ${file}\n`)
  if (flags.dryRun) return
  systemctl(system, 'disable', '--now', name)
  rmSync(file)
  systemctl(system, 'daemon-reload')
  process.stdout.write(`${file}\n`)
}

function place(service: string, instanceId: string, { user }: InstallFlags) {
  const system = user !== true && process.getuid?.() === 0
  const config = process.env.XDG_CONFIG_HOME || path.join(homedir(), '.config')
  const name = unitName(service, instanceId)
  const folder = system ? '/etc/systemd/system' : path.join(config, 'systemd', 'user')
  return { system, name, file: path.join(folder, name) }
}

/** Returns the flags of a command as somebody typed them, without those that are about installing, and the identity. */
function asTyped(command: Command): string[] {
  const left = new Set(['install', 'uninstall', 'user', 'dryRun', 'identity', 'passphraseFd'])
  const words: string[] = []
  for (const option of command.options) {
    const name = option.attributeName()
    if (left.has(name) || command.getOptionValueSource(name) !== 'cli') continue
    const value = command.getOptionValue(name) as unknown
    const values = Array.isArray(value) ? value : [value]
    for (const each of values) words.push(option.long!, ...(typeof each === 'boolean' ? [] : [String(each)]))
  }
  return words
}

function systemctl(system: boolean, ...words: string[]): void {
  const args = [...(system ? [] : ['--user']), ...words]
  const { status, stderr, error } = spawnSync('systemctl', args, { encoding: 'utf8', timeout: systemctlMs })
  if (status === 0) return
  const why = error === undefined ? stderr.trim().split('\n')[0] : `systemctl can't be run (${error.message})`
  throw new OverlayError('file_unreadable', `systemd did not take the unit: ${shownName(why || `exit ${status}`)}`)
}
