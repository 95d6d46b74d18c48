import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'
import { eventually } from './members.js'

/** Where a program of the system is; undefined, and said, when this machine lacks it. */
export function systemProgram(name: string): string | undefined {
  for (const folder of [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']) {
    const file = path.join(folder, name)
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {
      // not there
    }
  }
  console.warn(`skipped: ${name} is not installed here`)
  return undefined
}

/** Starts a program of the system that stays in the foreground, and resolves when its port takes connections. */
export async function startProgram(file: string, args: string[], port: number): Promise<() => Promise<void>> {
  const child: ChildProcess = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => (said += bytes))
  const closed = once(child, 'close')
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`${file} ended: ${said}`)
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return true
    } finally {
      socket.on('error', () => {}).destroy()
    }
  }, Boolean)
  return async () => {
    child.kill()
    await closed
  }
}

/** True when a command of OpenSSL has made a key and a certificate for these names and addresses. */
export function makeCertificate(
  folder: string,
  names: string,
  name = 'tls',
): { cert: string; key: string } | undefined {
  const [cert, key] = [path.join(folder, `${name}.pem`), path.join(folder, `${name}.key`)]
  const made = spawnSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=test',
      '-addext',
      `subjectAltName=${names}`,
      '-keyout',
      key,
      '-out',
      cert,
    ],
    { encoding: 'utf8' },
  )
  if (made.status === 0) return { cert, key }
  console.warn(`skipped: openssl is not installed here, or makes no certificate: ${made.stderr}`)
  return undefined
}
