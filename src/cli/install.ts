import { existsSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import type { Command } from 'commander'
import { OverlayError } from '../core/errors.js'
import { writeFileAtomic } from '../identity/atomic-file.js'
import { inspectIdentity, loadShownIdentity, type ShownIdentity } from '../identity/identity-file.js'
import type { InstallFlags } from './install-flags.js'
import { shellWord } from './program-name.js'
import { deniedTo, systemctl } from './systemd.js'
import { firstLine, hiddenFromUnit, unitText } from './unit-file.js'

/** A unit as a command names it. */
export interface NamedUnit {
  /** The command that it is: `host` or `relay`. */
  by: string
  /** File name, with `.service`. */
  name: string
}

/** What a command says of the unit that it becomes. */
export interface WantedUnit extends NamedUnit {
  description: string
  /** What stands before the flags, such as `host ssh`. */
  words: readonly string[]
  /** Files that the process reads besides its identity; absolute. */
  files: readonly string[]
  /** Other paths that it has to find. */
  paths?: readonly string[]
  /** The values of flags that hold paths, by attribute: a unit starts in another folder than this one. */
  absolute: Readonly<Record<string, string>>
  /** The lowest port below 1024 that it listens on. */
  lowPort?: number
}

/**
 * Loads the identity that a unit is to run as. One that is over, or was taken back, may be put right while the unit runs; one that
 * was never signed is refused as `loadIdentity` does.
 */
export async function identityToInstall(pathOrName: string, expectKind: 'user' | 'relay'): Promise<ShownIdentity> {
  const identity = await inspectIdentity(pathOrName, { expectKind })
  return identity.certificate === undefined ? loadShownIdentity(pathOrName, { expectKind }) : identity
}

/** Makes a unit of a command line, enables and starts it, and shows what it writes. Throws before anything is written or after all is undone. */
export async function installUnit(
  unit: WantedUnit,
  identity: ShownIdentity,
  flags: InstallFlags,
  command: Command,
): Promise<void> {
  const { by, name } = unit
  const { file, system } = place(unit, flags)
  const identityFile = realpathSync(identity.path!)
  const folder = path.dirname(identityFile)
  const { uid, gid } = statSync(identityFile)
  const program = programWords(process.execPath, process.argv[1])
  const files = [...program, identityFile, ...unit.files]
  const paths = [...files, ...(unit.paths ?? [])]
  checkOurs(unit, file)
  if (system) checkReach(paths, files, { uid, gid })
  else checkPort(unit.lowPort)
  const text = unitText({
    by,
    description: unit.description,
    command: [...program, ...unit.words, ...asTyped(command, unit.absolute), '-i', identityFile],
    folder,
    paths,
    lowPort: unit.lowPort !== undefined,
    system,
    ...(uid === 0 ? {} : { uid }),
  })
  process.stderr.write(`${file}:\n\n${text}\n`)
  if (identity.lockedKey !== undefined) {
    process.stderr.write('The key of this identity is locked: the unit needs its passphrase, see docs/operate.md.\n')
  }
  if (system && uid !== 0 && deniedTo({ uid, gid }, 'w', [folder])) {
    process.stderr.write(
      `It may not write to ${folder}: what it learns, such as a renewed certificate, is forgotten when it starts again.\n`,
    )
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

/** Stops the unit and takes it away. */
export function uninstallUnit(unit: NamedUnit, flags: InstallFlags): void {
  const { file, system } = place(unit, flags)
  if (!existsSync(file)) {
    throw new OverlayError('file_unreadable', `There is no unit ${file}; nothing was changed.`, { path: file })
  }
  checkOurs(unit, file)
  process.stderr.write(`Stops ${unit.name} and removes ${file}\n`)
  if (flags.dryRun) return
  systemctl(system, 'disable', '--now', unit.name)
  rmSync(file)
  systemctl(system, 'daemon-reload')
  process.stdout.write(`${file}\n`)
}

/** Returns the words that start this program. The single executable is its own script, and takes no name of one. Pure but for links. */
export function programWords(program: string, script: string | undefined): string[] {
  if (script === undefined || realpathSync(script) === realpathSync(program)) return [program]
  return [program, realpathSync(script)]
}

function place({ name }: NamedUnit, { user }: InstallFlags) {
  const system = user !== true && process.getuid?.() === 0
  const config = process.env.XDG_CONFIG_HOME || path.join(homedir(), '.config')
  const folder = system ? '/etc/systemd/system' : path.join(config, 'systemd', 'user')
  return { system, file: path.join(folder, name) }
}

/** Throws for what a unit of the machine would not find, or not be let read: it would start again and again. */
function checkReach(paths: readonly string[], files: readonly string[], owner: { uid: number; gid: number }): void {
  const hidden = hiddenFromUnit(paths)
  if (hidden !== undefined) {
    const text = `A unit of the machine has a /tmp of its own, and would not find ${hidden}: it has to be elsewhere.`
    throw new OverlayError('file_unreadable', text, { path: hidden })
  }
  const closed = owner.uid === 0 ? undefined : deniedTo(owner, 'r', files)
  if (closed === undefined) return
  throw new OverlayError(
    'file_unreadable',
    `The unit would run as the owner of the identity (user id ${owner.uid}), who may not read ${closed}.`,
    { path: closed },
  )
}

function checkPort(lowPort: number | undefined): void {
  if (lowPort === undefined || lowPort >= firstFreePort()) return
  throw new OverlayError(
    'bad_argument',
    `Port ${lowPort} takes a unit of the machine: type this as root, without --user.`,
  )
}

/** Returns the first port that everybody may listen on. */
function firstFreePort(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'))
  } catch {
    return 1024
  }
}

/** Throws `file_exists` for a unit that was written by hand, or by another command. */
function checkOurs({ by }: NamedUnit, file: string): void {
  if (!existsSync(file) || readFileSync(file, 'utf8').startsWith(`${firstLine(by)}\n`)) return
  throw new OverlayError('file_exists', `${file} was not written by ${by} --install; nothing was changed.`, {
    path: file,
  })
}

/** Returns the flags of a command as somebody typed them, without those that are about installing, and the identity. */
function asTyped(command: Command, absolute: Readonly<Record<string, string>>): string[] {
  const left = new Set(['install', 'uninstall', 'user', 'dryRun', 'identity', 'passphraseFd'])
  const words: string[] = []
  for (const option of command.options) {
    const name = option.attributeName()
    if (left.has(name) || command.getOptionValueSource(name) !== 'cli') continue
    const value = absolute[name] ?? (command.getOptionValue(name) as unknown)
    const values = Array.isArray(value) ? value : [value]
    for (const each of values) words.push(option.long!, ...(typeof each === 'boolean' ? [] : [String(each)]))
  }
  return words
}
