import { existsSync, readdirSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'
import { multiaddr } from '@multiformats/multiaddr'
import { errorText, isOverlayError, OverlayError } from '../core/errors.js'
import { type Identity, loadIdentity } from '../identity/identity-file.js'
import { createContext } from '../sdk/index.js'
import { runChat } from './chat.js'
import { type ChildNode, startChild } from './children.js'
import { freePorts } from './demo-run.js'
import { programName, shellWord } from './program-name.js'
import { setupNetwork } from './setup.js'
import { authorityName } from './setup-plan.js'

const echoName = 'echo'
const basePort = 4001
const relayCount = 3

export interface QuickstartFlags {
  verbose?: boolean
  timestamps?: boolean
}

/** Makes a network in the working folder if there is none, starts what of it does not run, and chats as `user`. */
export async function runQuickstart(user: string, options: QuickstartFlags): Promise<void> {
  const dir = process.cwd()
  if (identityNames(dir).length === 0) await makeNetwork(dir)
  const identity = await loadIdentity(user, { expectKind: 'user' })
  const children: ChildNode[] = []
  try {
    await startMissing(dir, identity, children)
    if (children.length > 0) {
      talk(`started ${children.map((child) => child.name).join(', ')}; they stop when you leave this chat`)
      const other = otherUser(dir, identity)
      const again = process.env.npm_lifecycle_event === 'start' ? 'npm start --' : `${programName()} quickstart`
      if (other !== undefined) talk(`in a second terminal: ${again} ${shellWord(other)}`)
      if (children.some(({ name }) => name === echoName)) {
        talk(`somebody to talk to right now: /connect ${echoName}`)
      }
    }
    await runChat({ identity, service: serviceOf(identity), verbose: options.verbose, timestamps: options.timestamps })
  } finally {
    await Promise.all(children.map((child) => child.stop()))
  }
}

/** Returns the names of the identity files that are here; the authority's may have been put away, as it should be. */
function identityNames(dir: string): string[] {
  const folder = path.join(dir, 'identities')
  if (!existsSync(folder)) return []
  const files = readdirSync(folder).filter((file) => file.endsWith('.json') && !file.startsWith('.'))
  return files.map((file) => file.slice(0, -'.json'.length)).sort()
}

/** Returns another user to be in a second terminal; undefined when there is none. */
function otherUser(dir: string, identity: Identity): string | undefined {
  const relays = identity.network?.relays.map(({ name }) => name) ?? []
  const nobody = new Set([identity.name, authorityName, echoName, ...relays])
  return identityNames(dir).find((name) => !nobody.has(name))
}

async function makeNetwork(dir: string): Promise<void> {
  // The usual ports when they are free, so that addresses look the same everywhere.
  const usual = Array.from({ length: relayCount }, (_, index) => basePort + index)
  const taken = await Promise.all(usual.map((port) => isOpen('127.0.0.1', port)))
  const relayPorts = taken.includes(true) ? await freePorts(relayCount) : usual
  await setupNetwork({ dir, users: ['user1', 'user2', 'user3', 'user4', echoName], relayPorts })
  talk(`made a network in ${path.join(dir, 'identities')}: user1 to user4, ${echoName}, and three relays`)
}

/** Starts the relays whose address nobody answers on and whose identity is here, then the echo user when nobody has seen it. */
async function startMissing(dir: string, identity: Identity, children: ChildNode[]): Promise<void> {
  const logs = path.join(dir, 'identities', '.state', 'logs')
  const start = async (name: string, command: string, ...args: string[]) => {
    if (!existsSync(path.join(dir, 'identities', `${name}.json`))) return
    try {
      children.push(
        await startChild(name, [command, '-i', name, ...args], { cwd: dir, logFile: path.join(logs, `${name}.log`) }),
      )
    } catch (error) {
      // Another terminal that starts at the same moment may be the faster one.
      talk(`${name} was not started: ${errorText(error)}`)
    }
  }
  await Promise.all(
    (identity.network?.relays ?? []).map(async (relay) => {
      if (!(await answers(relay.multiaddrs))) await start(relay.name, 'relay')
    }),
  )
  children.sort((a, b) => a.name.localeCompare(b.name)) // not as they were ready
  const service = serviceOf(identity)
  const context = await createContext(identity)
  try {
    await context.ready({ timeout: 10_000 })
    await context.whois(service, echoName)
  } catch (error) {
    if (isOverlayError(error, 'no_relay')) talk(errorText(error))
    else await start(echoName, 'echo', '-s', service)
  } finally {
    await context.close()
  }
}

function serviceOf(identity: Identity): string {
  const [first] = identity.network?.services.keys() ?? []
  if (first === undefined) throw new OverlayError('unknown_service', 'The network document has no service.')
  return first
}

async function answers(addresses: readonly string[]): Promise<boolean> {
  for (const address of addresses) {
    const parts = multiaddr(address).getComponents()
    const host = parts.find(({ name }) => name === 'ip4' || name === 'ip6' || name.startsWith('dns'))?.value
    const port = parts.find(({ name }) => name === 'tcp')?.value
    if (host !== undefined && port !== undefined && (await isOpen(host, Number(port)))) return true
  }
  return false
}

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 })
    const settle = (open: boolean) => {
      socket.destroy()
      resolve(open)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
    socket.once('timeout', () => settle(false))
  })
}

function talk(text: string): void {
  console.error(text)
}
