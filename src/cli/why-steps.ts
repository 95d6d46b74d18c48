import { type Address, formatAddress, parseAddress } from '../core/address.js'
import { type ErrorCode, errorText, isOverlayError, OverlayError } from '../core/errors.js'
import { shownJson, shownName } from '../core/text.js'
import type { Candidate } from '../directory/proof.js'
import type { RelayPool } from '../directory/relay-pool.js'
import { hostsOf, type Row } from '../directory/row.js'
import type { NetworkView } from '../identity/network-document.js'
import { mayDial } from '../identity/policy.js'
import { forkedError } from '../net/trust.js'
import type { Member } from '../sdk/member.js'
import { openPath, type PathMaker } from '../sdk/paths.js'
import { stateChange } from '../sdk/relay-states.js'
import { hostMarks } from './host-marks.js'
import { openMember } from './member.js'

export interface WhyFlags {
  identity: string
  json?: boolean
  timeout: string
}

/** One thing that has to hold before an instance can be called. */
export interface Step {
  step: 'name' | 'right' | 'relay' | 'network' | 'binding' | 'liveness' | 'path'
  holds: boolean
  /** What was found. */
  found: string
  /** What to do, when it does not hold. */
  advice?: string
  /** What a call would fail with, where that is known. */
  code?: ErrorCode
}

/** The parts of a member that the steps look at. */
type Examined = Pick<Member, 'trust' | 'pool' | 'directory'> & PathMaker

/** Relays that have not answered after this long are told as `connecting`. */
const allRelaysMs = 3_000

/** Prints the steps as they are found. Rejects with what keeps the instance from being called. */
export async function runWhy(text: string, flags: WhyFlags): Promise<void> {
  const timeoutMs = Number(flags.timeout) * 1000
  if (!(timeoutMs > 0)) throw new OverlayError('bad_argument', `--timeout takes seconds, not '${flags.timeout}'.`)
  const member = await openMember(flags.identity)
  const steps: Step[] = []
  try {
    for await (const step of examine(member, text, timeoutMs)) {
      steps.push(step)
      if (!flags.json) console.log(describeStep(step))
    }
  } finally {
    await member.close()
  }
  if (flags.json) console.log(shownJson(steps, 2))
  const failed = steps.find((step) => !step.holds)
  if (failed !== undefined)
    throw new OverlayError(failed.code ?? 'unreachable', `'${text}' cannot be reached: ${failed.found}`)
}

/** Goes through the steps in order and ends after the first that does not hold. */
export async function* examine(member: Examined, text: string, timeoutMs: number): AsyncGenerator<Step> {
  const { trust, pool } = member
  const services = trust.network.services
  const defaultService = services.has('chat-p2p') ? 'chat-p2p' : ([...services.keys()][0] ?? 'chat-p2p')
  let address: Address
  try {
    address = parseAddress(text, defaultService, (name) => services.has(name))
  } catch (error) {
    yield { step: 'name', holds: false, found: errorText(error), advice: 'type instance@service' }
    return
  }
  const others = [...services.keys()].join(', ') || 'none'
  const service = services.get(address.service)
  if (service === undefined) {
    yield {
      step: 'name',
      holds: false,
      found: `revision ${trust.network.revision} of the network has no service '${address.service}'`,
      advice: `use one of: ${others}`,
    }
    return
  }
  if (address.instanceId === trust.own.name) {
    yield { step: 'name', holds: false, ...selfDial(address) }
    return
  }
  // As in the chat: what follows an @ and is no service is a part of the instance's name.
  const at = address.instanceId.lastIndexOf('@')
  const unread = at < 0 || text.endsWith(`@${address.service}`) ? undefined : address.instanceId.slice(at + 1)
  const reading =
    unread === undefined ? '' : `; '${unread}' is not one (there are: ${others}), so it is part of the name`
  yield { step: 'name', holds: true, found: `${formatAddress(address)}: the service exists${reading}` }

  const { name, roles } = trust.own
  const policy = `${service.dial.semantic} of ${service.dial.roles.join(' ') || 'nobody'}`
  const may = mayDial(service, trust.own)
  yield {
    step: 'right',
    holds: may,
    found: `${name} (${roles.map((role) => `#${role}`).join(' ') || 'no roles'}) ${may ? 'may' : 'may not'} dial: ${policy}`,
    advice: may ? undefined : 'ask the authority for a certificate with a fitting role, or for another policy',
  }
  if (!may) return

  const ready = await pool.ready(AbortSignal.timeout(timeoutMs)).then(
    () => true,
    () => false,
  )
  if (ready) await allTried(pool, Math.min(timeoutMs, allRelaysMs))
  const up = pool.up().map((relay) => relay.name)
  const down = pool.relays().filter((relay) => relay.state !== 'up')
  const notUp = down.map((relay) => `${relay.name} is not (${relay.error?.message ?? relay.state})`)
  yield {
    step: 'relay',
    holds: ready,
    found: ready ? [`connected to ${up.join(', ')}`, ...notUp].join('; ') : `no relay answers: ${notUp.join('; ')}`,
    advice: ready ? undefined : 'start a relay, or check the network between here and the addresses above',
  }
  if (!ready) return

  for (const fork of trust.forks) {
    const { code, message: found } = forkedError(trust.network, fork)
    yield { step: 'network', holds: true, found, code }
  }

  let candidates: Candidate[]
  try {
    candidates = await member.directory.lookup(address.service, address.instanceId, AbortSignal.timeout(timeoutMs))
  } catch (error) {
    const revoked = revocationOf(error, address, trust.network)
    const code = isOverlayError(error) ? error.code : undefined
    yield revoked ?? {
      step: 'binding',
      holds: false,
      found: errorText(error),
      advice: bindingAdvice(error, address),
      code,
    }
    return
  }
  candidates = candidates.filter(({ record }) => record.hostPeerId !== trust.own.peerId)
  if (candidates.length === 0) {
    yield { step: 'binding', holds: false, ...selfDial(address) }
    return
  }
  const through = candidates.map(({ record }) => pool.nameOf(record.relayPeerId)).join(', ')
  const row = await member.directory
    .describe(address.service, address.instanceId, AbortSignal.timeout(timeoutMs))
    .catch(() => undefined) // an older relay: the terminators alone are shown
  yield { step: 'binding', holds: true, found: `bound by ${describeHosts(candidates, row)} through ${through}` }

  const reached = await Promise.all(
    candidates.map(async (candidate) => {
      const { record } = candidate
      const relay = pool.nameOf(record.relayPeerId)
      try {
        return { candidate, relay, link: await pool.ensure(record.relayPeerId, AbortSignal.timeout(timeoutMs)) }
      } catch (error) {
        return { candidate, relay, error: errorText(error) }
      }
    }),
  )
  const alive = reached.filter((each) => each.link !== undefined)
  const dead = reached
    .filter((each) => each.link === undefined)
    .map(({ relay, error }) => `${relay} does not answer (${error})`)
  yield {
    step: 'liveness',
    holds: alive.length > 0,
    found: [...alive.map(({ relay }) => `${relay} answers`), ...dead].join('; '),
    advice:
      alive.length > 0
        ? undefined
        : 'its relays cannot be reached from here: check the network, or wait until it binds on others',
  }
  if (alive.length === 0) return

  const paths = await Promise.all(
    alive.map(async ({ candidate, relay }) => {
      const startMs = performance.now()
      try {
        const signal = AbortSignal.timeout(timeoutMs)
        const { carrier, kind } = await openPath(member, candidate, signal)
        const ms = Math.round(performance.now() - startMs)
        carrier.abort(new OverlayError('canceled', 'It was only tried.'))
        return { holds: true, found: `through ${relay} (${kind}) in ${ms} ms` }
      } catch (error) {
        return { holds: false, found: `not through ${relay}: ${errorText(error)}` }
      }
    }),
  )
  const holds = paths.some((path) => path.holds)
  yield {
    step: 'path',
    holds,
    found: holds
      ? `the host proved who it is ${paths.map((path) => path.found).join('; ')}`
      : paths.map((path) => path.found).join('; '),
    advice: holds ? undefined : 'the host may hang or have lost its network; it leaves the directory within 10 s if so',
  }
}

/** Who is behind the instance, each with what is to be said of it. */
function describeHosts(candidates: readonly Candidate[], row: Row | undefined): string {
  const said = new Map(row === undefined ? [] : hostsOf(row).map((host) => [host.peerId, host]))
  const hosts = new Map<string, string>()
  for (const { host, record } of candidates) {
    const { busy = false, down = false } = said.get(host.peerId) ?? {}
    const marks = hostMarks({ busy, down, precedence: record.precedence, cost: record.cost })
    hosts.set(host.peerId, [`${host.name} (${host.peerId})`, ...marks].join(', '))
  }
  return [...hosts.values()].join(' and ')
}

/** Who was revoked is not merely away. */
function revocationOf(error: unknown, { instanceId }: Address, network: NetworkView): Step | undefined {
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

function selfDial({ instanceId }: Address): Pick<Step, 'found' | 'advice' | 'code'> {
  return {
    found: `'${instanceId}' is you; dialing yourself is refused`,
    advice: 'ask about somebody else, or as somebody else: -i <identity>',
    code: 'self_dial',
  }
}

/** Resolves when no relay is being tried for the first time any more, or after `ms`. */
async function allTried(pool: RelayPool, ms: number): Promise<void> {
  const late = AbortSignal.timeout(ms)
  while (!late.aborted && pool.relays().some(({ state }) => state === 'connecting')) await stateChange(pool, late)
}

function bindingAdvice(error: unknown, { instanceId, service }: Address): string {
  if (isOverlayError(error, 'offline')) return `start it again: whoever holds the identity of '${instanceId}'`
  if (isOverlayError(error, 'unknown_instance'))
    return `check the spelling with \`chat-p2p list ${service}\`, or start it`
  if (isOverlayError(error) && error.code.startsWith('certificate_'))
    return `whoever holds the identity of '${instanceId}' has to get a new certificate from the authority`
  return 'try again; if it stays, look at `chat-p2p network check`'
}

function describeStep({ step, holds, found, advice }: Step): string {
  const line = `${holds ? 'ok  ' : 'FAIL'}  ${step.padEnd(8)}  ${shownName(found)}`
  return advice === undefined ? line : `${line}\n                → ${shownName(advice)}`
}
