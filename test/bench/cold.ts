/**
 * A process that has just been started and opens one connection: `cold <way> <places> [<SDK> <identity file> <service>]`. It loads what
 * that takes and nothing else, and writes one line to its stdout when the other side has taken the connection.
 */
import type { Places, Way } from './ways.js'

const [way, places, sdk, identity, service] = process.argv.slice(2) as [Way, string, ...(string | undefined)[]]
const { ports, hosts } = JSON.parse(places) as Places

if (sdk === undefined) {
  const { connect } = await import('node:tls')
  const port = ports[way as keyof Places['ports']]
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, minVersion: 'TLSv1.3' })
  await new Promise((resolve) => socket.once('secureConnect', resolve))
} else {
  const { createContext } = (await import(sdk)) as typeof import('../../src/sdk/index.js')
  const context = await createContext(identity!, { direct: 'never', splices: way === 'splice' })
  await context.dial(service!, { instanceId: hosts.relayed })
}
console.log('accepted')
