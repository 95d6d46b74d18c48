import { type Address, formatAddress, parseAddress } from '../core/address.js'
import { type ErrorCode, errorText, isOverlayError } from '../core/errors.js'
import type { Candidate } from '../directory/proof.js'
import { hostsOf, type Row } from '../directory/row.js'
import { endsIn, endsSoon } from '../identity/deadline.js'
import type { NetworkView } from '../identity/network-document.js'
import { mayDial, type ServiceDefinition } from '../identity/policy.js'
import { forkedError } from '../net/trust.js'
import { describeTried } from '../sdk/relay-states.js'
import { type RouterKind, routerKind } from '../wire/direct-steps.js'
import { hostMarks } from './host-marks.js'

/** Tells one thing that has to hold before an instance can be called. */
export interface Step {
  step: 'name' | 'right' | 'relay' | 'network' | 'binding' | 'liveness' | 'path' | 'target' | 'direct'
  holds: boolean
  /** Says what was found. */
  found: string
  /** Says what to do when it does not hold. */
  advice?: string
  /** The code that a call would fail with, where that is known. */
  code?: ErrorCode
}

/** Names the parts of the asker's certificate that the steps look at. */
interface Asker {
  readonly name: string
  readonly peerId: string
  readonly roles: readonly string[]
}

/** Names the parts of the network, as the asker knows it, that the steps look at. */
type KnownNetwork = Pick<NetworkView, 'revision' | 'services' | 'revokedNames'>

/** Returns the step that reads `text`, and what that names when that is an instance of a service of the network. */
export function nameStep(
  text: string,
  network: KnownNetwork,
  own: Asker,
): { step: Step; address?: Address; service?: ServiceDefinition } {
  const { services, revision } = network
  const defaultService = services.has('chat-p2p') ? 'chat-p2p' : ([...services.keys()][0] ?? 'chat-p2p')
  let address: Address
  try {
    address = parseAddress(text, defaultService, (name) => services.has(name))
  } catch (error) {
    return { step: { step: 'name', holds: false, found: errorText(error), advice: 'type instance@service' } }
  }
  const others = [...services.keys()].join(', ') || 'none'
  const service = services.get(address.service)
  if (service === undefined) {
    const found = `revision ${revision} of the network has no service '${address.service}'`
    return { step: { step: 'name', holds: false, found, advice: `use one of: ${others}` } }
  }
  if (address.instanceId === own.name) return { step: selfDialStep('name', address) }
  // As in the chat, what follows an @ and is no service is a part of the name; but only a domain is likely to be meant as one.
  const at = address.instanceId === text ? text.lastIndexOf('@') : -1
  const unread = at < 0 ? undefined : text.slice(at + 1)
  if (unread !== undefined && !unread.includes('.')) {
    const found = `revision ${revision} of the network has no service '${unread}'`
    const advice = `use one of: ${others}; if it is part of the name: ${formatAddress(address)}`
    return { step: { step: 'name', holds: false, found, advice, code: 'unknown_service' } }
  }
  const reading =
    unread === undefined ? '' : `; '${unread}' is not one (there are: ${others}), so it is part of the name`
  const found = `${formatAddress(address)}: the service exists${reading}`
  return { step: { step: 'name', holds: true, found }, address, service }
}

/** Returns the step that asks the service's policy whether this identity may dial its instances. */
export function rightStep(service: ServiceDefinition, own: Asker): Step {
  const may = mayDial(service, own)
  const roles = own.roles.map((role) => `#${role}`).join(' ') || 'no roles'
  const policy = `${service.dial.semantic} of ${service.dial.roles.join(' ') || 'nobody'}`
  return {
    step: 'right',
    holds: may,
    found: `${own.name} (${roles}) ${may ? 'may' : 'may not'} dial: ${policy}`,
    advice: may ? undefined : 'ask the authority for a certificate with a fitting role, or for another policy',
  }
}

/** Returns the step that tells which relays answer; it holds when this identity can use one of them. */
export function relayStep(
  ready: boolean,
  relays: readonly { name: string; state: string; error?: Error | undefined }[],
): Step {
  const up = relays.filter(({ state }) => state === 'up').map(({ name }) => name)
  const notUp = relays.filter(({ state }) => state !== 'up').map(describeTried)
  return {
    step: 'relay',
    holds: ready,
    found: ready
      ? [`connected to ${up.join(', ')}`, ...notUp.map((relay) => `not to ${relay}`)].join('; ')
      : `no relay answers: ${notUp.join('; ')}`,
    advice: ready ? undefined : 'start a relay, or check the network between here and the addresses above',
  }
}

/** Returns one step for each document that the authority signed without knowing of the newest; none keeps anyone from calling. */
export function forkSteps(
  network: Pick<NetworkView, 'revision' | 'digest'>,
  forks: readonly Pick<NetworkView, 'revision' | 'digest'>[],
): Step[] {
  return forks.map((fork) => {
    const { code, message: found } = forkedError(network, fork)
    return { step: 'network', holds: true, found, code }
  })
}

/** Returns the step that says why looking the instance up failed; `as` is the `-i` that it was looked up with. */
export function lookupFailedStep(error: unknown, address: Address, network: KnownNetwork, as: string): Step {
  return (
    revocationOf(error, address, network) ?? {
      step: 'binding',
      holds: false,
      found: errorText(error),
      advice: bindingAdvice(error, address, as),
      code: isOverlayError(error) ? error.code : undefined,
    }
  )
}

/** Returns the step that refuses an asker who is the instance. */
export function selfDialStep(step: 'name' | 'binding', { instanceId }: Address): Step {
  return {
    step,
    holds: false,
    found: `'${instanceId}' is you; dialing yourself is refused`,
    advice: 'ask about somebody else, or as somebody else: -i <identity>',
    code: 'self_dial',
  }
}

/** Returns the step that tells who is behind the instance; `row` is what the relay says of the hosts, where it can. */
export function bindingStep(
  candidates: readonly Candidate[],
  row: Row | undefined,
  nameOf: (relayPeerId: string) => string,
): Step {
  const through = candidates.map(({ record }) => nameOf(record.relayPeerId)).join(', ')
  return { step: 'binding', holds: true, found: `bound by ${describeHosts(candidates, row)} through ${through}` }
}

/** Returns the step that tells which of the instance's relays answer; `error` is set for those that do not. */
export function livenessStep(reached: readonly { relay: string; error?: string }[]): Step {
  const alive = reached.filter(({ error }) => error === undefined).map(({ relay }) => `${relay} answers`)
  const dead = reached
    .filter(({ error }) => error !== undefined)
    .map(({ relay, error }) => `${relay} does not answer (${error})`)
  const holds = alive.length > 0
  return {
    step: 'liveness',
    holds,
    found: [...alive, ...dead].join('; '),
    advice: holds
      ? undefined
      : 'its relays cannot be reached from here: check the network, or wait until it binds on others',
  }
}

/** Returns the step that tells through which relays the host proved who it is. */
export function pathStep(paths: readonly { holds: boolean; found: string }[]): Step {
  const holds = paths.some((path) => path.holds)
  const found = paths.map((path) => path.found).join('; ')
  return {
    step: 'path',
    holds,
    found: holds ? `the host proved who it is ${found}` : found,
    advice: holds ? undefined : 'the host may hang or have lost its network; it leaves the directory within 10 s if so',
  }
}

/** Returns the step that fails when all hosts of the instance say that what they offer is down; none when one of them works. */
export function targetStep(candidates: readonly Candidate[], row: Row | undefined): Step | undefined {
  const down = new Set(row === undefined ? [] : hostsOf(row).flatMap((host) => (host.down ? [host.peerId] : [])))
  if (candidates.length === 0 || candidates.some(({ host }) => !down.has(host.peerId))) return undefined
  const names = [...new Set(candidates.map(({ host }) => host.name))].join(' and ')
  return {
    step: 'target',
    holds: false,
    found: `the target behind ${names} is down: the host runs, but what it leads to does not answer`,
    advice: `start what ${names} offers, on that machine; its host sees that it is back by itself`,
  }
}

/** Returns the step that tells whether a call may leave the relays; it always holds, as they carry it otherwise. */
export function directStep(never: string | undefined, own?: { router: RouterKind; seen: readonly string[] }): Step {
  return {
    step: 'direct',
    holds: true,
    found: never === undefined && own ? likelihood(own) : `a call stays on relays: ${never}`,
  }
}

function likelihood({ router, seen }: { router: RouterKind; seen: readonly string[] }): string {
  const from =
    seen.length === 0 ? 'no relay tells which address it sees' : `relays see ${[...new Set(seen)].join(' and ')}`
  switch (router) {
    case routerKind.none:
      return `a call becomes direct when the other network allows it: ${from}, an address of this machine`
    case routerKind.keeps:
      return `a call becomes direct when the other network allows it: ${from}, and the router keeps ports`
    case routerKind.changes:
      return `a call becomes direct only when the other side takes connections: ${from}, and the router changes ports with every destination`
    default:
      return `a call becomes direct when the networks allow it: ${from}`
  }
}

/** Tells who is behind the instance, each with what is to be said of it. */
function describeHosts(candidates: readonly Candidate[], row: Row | undefined, nowMs = Date.now()): string {
  const said = new Map(row === undefined ? [] : hostsOf(row).map((host) => [host.peerId, host]))
  const hosts = new Map<string, string>()
  for (const { host, record } of candidates) {
    const { busy = false, down = false } = said.get(host.peerId) ?? {}
    const marks = hostMarks({ busy, down, precedence: record.precedence, cost: record.cost })
    if (endsSoon(host, nowMs)) marks.push(`its certificate ${endsIn(host.expiresAtMs, nowMs)}`)
    hosts.set(host.peerId, `${host.name} (${[host.peerId, ...marks].join(', ')})`)
  }
  return [...hosts.values()].join(' and ')
}

/** Returns the revocation that explains why an instance is not there: its host is not merely away. */
function revocationOf(error: unknown, { instanceId }: Address, network: KnownNetwork): Step | undefined {
  const away = isOverlayError(error, 'offline') || isOverlayError(error, 'unknown_instance')
  // An instance id is the name of its host, or begins with it.
  const name = instanceId.split('/', 1)[0] ?? instanceId
  if (!away || !network.revokedNames.has(name)) return undefined
  return {
    step: 'binding',
    holds: false,
    found: `the authority has revoked the certificate of ${name} (network document ${network.revision})`,
    advice: `${name} needs a new certificate from the authority; if it has one, it is offline`,
    code: 'certificate_revoked',
  }
}

function bindingAdvice(error: unknown, { instanceId, service }: Address, as: string): string {
  if (isOverlayError(error, 'offline')) return `start it again: whoever holds the identity of '${instanceId}'`
  if (isOverlayError(error, 'unknown_instance'))
    return `check the spelling with \`chat-p2p list ${service} -i ${as}\`, or start it`
  if (isOverlayError(error) && error.code.startsWith('certificate_'))
    return `whoever holds the identity of '${instanceId}' has to get a new certificate from the authority`
  return `try again; if it stays, look at \`chat-p2p network check -i ${as}\``
}
