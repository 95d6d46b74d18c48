import { escapeControls, shownJson, shownName } from '../core/text.js'
import type { Published } from './authority.js'
import type { Handed } from './errand.js'
import { programName } from './program-name.js'

/** Returns the row of data that `publish`, `revoke` and `adopt` leave on stdout. */
export function publishedRow({ network, names, relays }: Published, json: boolean | undefined): string {
  const { revision, digest } = network
  return json ? shownJson({ revision, digest, identities: names, relays }, 2) : `revision ${revision}`
}

/** Says which relays have a document now, and what to do about the others; a line each. */
export function describeDelivery(revision: number, relays: readonly Handed[]): string[] {
  const have = relays.filter(({ has }) => has).map(({ relay }) => relay)
  const others = relays.filter(({ has }) => !has)
  const missing = others.map(({ relay, why }) => (why === undefined ? relay : `${relay} (${why})`)).join('; ')
  const push = `${programName()} network push`
  if (have.length > 0) {
    const lines = [
      `${have.join(', ')} ${have.length > 1 ? 'have' : 'has'} revision ${revision}, and tell everyone online.`,
    ]
    if (others.length > 0) lines.push(`Not ${missing}: they get it from the others, or at their start.`)
    return lines.map((line) => escapeControls(line))
  }
  const none = relays.length === 0 ? 'No relay was told' : `No relay was reached: ${missing}`
  return [escapeControls(none), `Once one runs, hand it over with: ${push}`]
}

/** Says which relays took certificates to pass on. */
export function describeHanded(relays: readonly Handed[]): string[] {
  const have = relays.filter(({ has }) => has).map(({ relay }) => relay)
  if (have.length > 0) return [`${have.map(shownName).join(', ')} pass them on to whoever is online, now or later.`]
  return [
    'No relay was reached to pass them on. Once one runs, hand them over with:',
    `  ${programName()} network push`,
  ]
}
