import { errorText, OverlayError } from '../core/errors.js'
import { shownJson, shownName } from '../core/text.js'
import type { Candidate } from '../directory/proof.js'
import type { RelayPool } from '../directory/relay-pool.js'
import { openOwn, whyNeverDirect } from '../sdk/direct.js'
import type { Member } from '../sdk/member.js'
import { openPath, type PathMaker } from '../sdk/paths.js'
import { openMember } from './member.js'
import { shellWord } from './program-name.js'
import { someRelay } from './tried-relays.js'
import {
  bindingStep,
  directStep,
  forkSteps,
  livenessStep,
  lookupFailedStep,
  nameStep,
  pathStep,
  relayStep,
  rightStep,
  type Step,
  selfDialStep,
  targetStep,
} from './why-findings.js'

export interface WhyFlags {
  identity: string
  json?: boolean
  timeout: string
}

/** Names the parts of a member that the steps look at. */
type Examined = Pick<Member, 'trust' | 'pool' | 'directory' | 'direct' | 'node'> & PathMaker

/** Holds a candidate and its relay, once that was asked. */
type Reached = { candidate: Candidate; relay: string; error?: string }

/** Prints the steps as they are found. Rejects with what keeps the instance from being called. */
export async function runWhy(text: string, flags: WhyFlags): Promise<void> {
  const timeoutMs = Number(flags.timeout) * 1000
  if (!(timeoutMs > 0)) throw new OverlayError('bad_argument', `--timeout takes seconds, not '${flags.timeout}'.`)
  const member = await openMember(flags.identity)
  const steps: Step[] = []
  try {
    for await (const step of examine(member, text, timeoutMs, shellWord(flags.identity))) {
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

/**
 * Goes through the steps in order and ends after the first that does not hold; each waits for at most `timeoutMs`. `as` is what the
 * asker is called with `-i`.
 */
export async function* examine(
  member: Examined,
  text: string,
  timeoutMs: number,
  as: string = member.trust.own.name,
): AsyncGenerator<Step> {
  const { trust, pool, directory } = member
  const { step: named, address, service } = nameStep(text, trust.network, trust.own)
  yield named
  if (address === undefined || service === undefined) return

  const right = rightStep(service, trust.own)
  yield right
  if (!right.holds) return

  const ready = await someRelay(pool, timeoutMs)
  yield relayStep(ready, pool.relays())
  if (!ready) return
  yield* forkSteps(trust.network, trust.forks)

  let found: Candidate[]
  try {
    found = await directory.lookup(address.service, address.instanceId, AbortSignal.timeout(timeoutMs))
  } catch (error) {
    yield lookupFailedStep(error, address, trust.network, as)
    return
  }
  const candidates = found.filter(({ record }) => record.hostPeerId !== trust.own.peerId)
  if (candidates.length === 0) {
    yield selfDialStep('binding', address)
    return
  }
  const row = await directory
    .describe(address.service, address.instanceId, AbortSignal.timeout(timeoutMs))
    .catch(() => undefined) // an older relay: the terminators alone are shown
  yield bindingStep(candidates, row, (peerId) => pool.nameOf(peerId))

  const reached = await Promise.all(candidates.map((candidate) => reach(pool, candidate, timeoutMs)))
  yield livenessStep(reached)
  const alive = reached.filter(({ error }) => error === undefined)
  if (alive.length === 0) return

  const path = pathStep(await Promise.all(alive.map((each) => tryPath(member, each, timeoutMs))))
  yield path
  if (!path.holds) return
  const target = targetStep(candidates, row)
  yield target ?? (await direct(member, service.name, timeoutMs))
}

/**
 * Looks whether a direct connection is possible. Nothing is said to the other side: that takes a call, and somebody who accepts it.
 */
async function direct(member: Examined, service: string, timeoutMs: number): Promise<Step> {
  const never = whyNeverDirect(member, service)
  if (never !== undefined || member.direct === undefined) return directStep(never)
  const own = await openOwn(member, member.direct, AbortSignal.timeout(timeoutMs))
  own.close()
  return directStep(undefined, { router: own.candidates.router, seen: own.place.seen.map(({ host }) => host) })
}

/** Connects to the relay of a candidate. */
async function reach(pool: RelayPool, candidate: Candidate, timeoutMs: number): Promise<Reached> {
  const { relayPeerId } = candidate.record
  const relay = pool.nameOf(relayPeerId)
  try {
    await pool.ensure(relayPeerId, AbortSignal.timeout(timeoutMs))
    return { candidate, relay }
  } catch (error) {
    return { candidate, relay, error: errorText(error) }
  }
}

/** Opens a path to the host, which proves itself on it, and drops it. */
async function tryPath(
  member: Examined,
  { candidate, relay }: Reached,
  timeoutMs: number,
): Promise<{ holds: boolean; found: string }> {
  const startMs = performance.now()
  try {
    const { carrier, kind } = await openPath(member, candidate, AbortSignal.timeout(timeoutMs))
    const ms = Math.round(performance.now() - startMs)
    carrier.abort(new OverlayError('canceled', 'It was only tried.'))
    return { holds: true, found: `through ${relay} (${kind}) in ${ms} ms` }
  } catch (error) {
    return { holds: false, found: `not through ${relay}: ${errorText(error)}` }
  }
}

function describeStep({ step, holds, found, advice }: Step): string {
  const line = `${holds ? 'ok  ' : 'FAIL'}  ${step.padEnd(8)}  ${shownName(found)}`
  return advice === undefined ? line : `${line}\n                → ${shownName(advice)}`
}
