import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { Socket } from 'node:net'
import { isatty, ReadStream } from 'node:tty'
import { errorText, OverlayError } from '../core/errors.js'
import {
  type PassphraseFor,
  type PassphraseSource,
  passphraseFromEnvironment,
  passphraseVariable,
} from '../core/passphrase.js'
import { shownName } from '../core/text.js'
import { toNumber } from './flag-values.js'
import { PassphraseLine } from './passphrase-line.js'

/** Names the variable of the environment with a new passphrase that nobody is there to type. */
const newPassphraseVariable = 'CHAT_P2P_NEW_PASSPHRASE'
/** Limits how long the other end of a descriptor may take to say something; ms. */
const descriptorMs = 30_000
const maxTypedBytes = 4096

/** Holds what a command was told of passphrases. */
export interface PassphraseFlags {
  passphraseFd?: string
}

/** Gets the passphrase from the descriptor of the flag, else from the environment, else from a person at the terminal. */
export function passphraseSource({ passphraseFd }: PassphraseFlags): PassphraseSource {
  if (passphraseFd !== undefined) return () => lineOf('--passphrase-fd', passphraseFd)
  return async (identity) => {
    const found = await passphraseFromEnvironment(identity)
    return found ?? askUnseen(`Passphrase for ${shownName(identity.name)}`)
  }
}

/** Resolves with a new passphrase, typed twice where a person types it. Throws `bad_argument` when nobody gives one. */
export async function newPassphrase(of: PassphraseFor, descriptor: string | undefined): Promise<string> {
  if (descriptor !== undefined) return lineOf('--new-passphrase-fd', descriptor)
  const given = process.env[newPassphraseVariable]
  if (given) return given
  const typed = await askUnseen(`New passphrase for ${shownName(of.name)}`)
  if (typed === undefined) {
    throw new OverlayError(
      'bad_argument',
      `A new passphrase is typed at a terminal, or comes from ${newPassphraseVariable} or --new-passphrase-fd (the old one from ${passphraseVariable} or --passphrase-fd).`,
    )
  }
  if (typed !== '' && (await askUnseen('The same again')) !== typed) {
    throw new OverlayError('bad_argument', 'The two are not the same; nothing was changed.')
  }
  return typed
}

/** Asks on the terminal, wherever stdin comes from, as ssh does; undefined when there is none. Ctrl-C: `canceled`. */
async function askUnseen(question: string): Promise<string | undefined> {
  const terminal = process.stderr.isTTY ? openTerminal() : undefined
  if (terminal === undefined) return undefined
  process.stderr.write(`${question}: `)
  const line = new PassphraseLine()
  try {
    terminal.setRawMode(true)
    await new Promise<void>((resolve, reject) => {
      const over = () => reject(new OverlayError('canceled', 'Interrupted; nothing was done.'))
      terminal.setEncoding('utf8')
      terminal.once('end', over).once('error', over)
      terminal.on('data', (text: string) => {
        const state = line.type(text)
        if (state === 'done') resolve()
        else if (state === 'canceled') over()
      })
    })
    return line.text
  } finally {
    terminal.setRawMode(false)
    terminal.destroy()
    process.stderr.write('\n')
  }
}

function openTerminal(): ReadStream | undefined {
  const path = process.platform === 'win32' ? '\\\\.\\CONIN$' : '/dev/tty'
  try {
    return new ReadStream(openSync(path, 'r+'))
  } catch {
    return undefined // run by no person
  }
}

/** Holds what came from a descriptor and was not asked for yet. */
const unread = new Map<number, string>()

/** Resolves with the next line of a descriptor; what comes after it is kept for the next call. */
async function lineOf(flag: string, text: string): Promise<string> {
  const fd = toNumber(text)
  if (!(fd >= 0 && fd < 1024)) throw new OverlayError('bad_argument', `${flag} takes a file descriptor, not '${text}'.`)
  try {
    const all = unread.get(fd) ?? (await readDescriptor(fd))
    const end = all.indexOf('\n')
    const rest = end < 0 ? '' : all.slice(end + 1)
    if (rest === '') unread.delete(fd)
    else unread.set(fd, rest)
    return (end < 0 ? all : all.slice(0, end)).replace(/\r$/, '')
  } catch (cause) {
    throw new OverlayError('file_unreadable', `Nothing could be read from ${flag} ${fd}: ${errorText(cause)}`, {
      cause,
    })
  }
}

/** Reads all of a file; of a pipe what comes until its writer ends, or until some seconds after it has said something. */
async function readDescriptor(fd: number): Promise<string> {
  const stat = fstatSync(fd)
  if (!stat.isFIFO() && !stat.isSocket() && !isatty(fd)) {
    const bytes = Buffer.alloc(maxTypedBytes)
    const length = readSync(fd, bytes)
    if (fd > 2) closeSync(fd)
    return bytes.toString('utf8', 0, length)
  }
  const stream = isatty(fd) ? new ReadStream(fd) : new Socket({ fd, readable: true, writable: false })
  let text = ''
  const late = setTimeout(() => stream.destroy(new Error(`no line came within ${descriptorMs / 1000} s`)), descriptorMs)
  try {
    for await (const chunk of stream.setEncoding('utf8')) {
      text += chunk
      if (text.includes('\n') || text.length > maxTypedBytes) break
    }
  } finally {
    clearTimeout(late)
    stream.destroy()
  }
  return text
}
