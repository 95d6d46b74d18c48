import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { checkInstanceId, checkServiceName } from '../core/address.js'
import { OverlayError } from '../core/errors.js'
import { Terminator } from '../wire/messages/identity.js'
import { type Precedence, precedences } from '../wire/precedence.js'
import { open, peek, seal, terminatorKind } from './envelope.js'
import { checkInteger, checkPeerId, decodeSigned } from './fields.js'

/** What a host says, under its signature, about one way to reach an instance. */
export interface TerminatorRecord {
  readonly networkId: string
  readonly service: string
  readonly instanceId: string
  readonly hostPeerId: string
  readonly relayPeerId: string
  /** 0–65535, lower is preferred. */
  readonly cost: number
  readonly precedence: Precedence
  /** Rises with every change by the same host. */
  readonly sequence: number
  /** Milliseconds since 1970. */
  readonly issuedAtMs: number
  /** Which process of the host it leads to: a number drawn at its start, up to 2^32 - 1. */
  readonly processId: number
}

/** Two names, three peer ids and some numbers fit with room to spare. */
export const maxTerminatorBytes = 2 * 1024
export const maxCost = 65_535
const maxProcessId = 2 ** 32 - 1

/** Signs a terminator with the host's key. Throws `bad_name`, or `bad_argument` (also when the key is not the host's). */
export async function sealTerminator(
  privateKey: PrivateKey,
  record: TerminatorRecord,
): Promise<Uint8Array<ArrayBuffer>> {
  const checked = checkRecord(record)
  if (peerIdFromPrivateKey(privateKey).toString() !== record.hostPeerId) {
    throw new OverlayError('bad_argument', 'A terminator is signed by the host it names.')
  }
  const payload = Terminator.encode({ ...checked, precedence: precedences.indexOf(record.precedence) })
  return seal(terminatorKind.domain, terminatorKind.payloadType, payload, privateKey)
}

/**
 * Checks a terminator: signed by the host it names, for `networkId`. Throws `certificate_invalid` or `certificate_foreign`.
 * Whether that host may bind the instance id is its certificate's and the policy's question (`mayBind`).
 */
export async function openTerminator(bytes: Uint8Array, expected: { networkId: string }): Promise<TerminatorRecord> {
  const { payload, signer } = await open(terminatorKind.domain, terminatorKind.payloadType, bytes, maxTerminatorBytes)
  const record = decodePayload(payload)
  if (signer.toString() !== record.hostPeerId) {
    throw new OverlayError('certificate_invalid', 'A terminator was not signed by the host it names.')
  }
  if (record.networkId !== expected.networkId) {
    throw new OverlayError('certificate_foreign', `A terminator belongs to network ${record.networkId}.`)
  }
  return record
}

/** What a terminator says, whoever signed it: for those who only hand it on. Throws `certificate_invalid`. */
export function peekTerminator(bytes: Uint8Array): TerminatorRecord {
  return decodePayload(peek(bytes, maxTerminatorBytes))
}

function decodePayload(payload: Uint8Array): TerminatorRecord {
  return decodeSigned('A terminator', () => {
    const { precedence: number, ...rest } = Terminator.decode(payload)
    const precedence = precedences[number]
    if (precedence === undefined) throw new OverlayError('bad_argument', `Precedence ${number} is unknown.`)
    return checkRecord({ ...rest, precedence })
  })
}

function checkRecord(record: TerminatorRecord): TerminatorRecord {
  checkPeerId(record.networkId)
  checkPeerId(record.hostPeerId)
  checkPeerId(record.relayPeerId)
  checkInteger('cost', record.cost, 0, maxCost)
  checkInteger('sequence', record.sequence, 0)
  checkInteger('issue date', record.issuedAtMs, 0)
  checkInteger('process id', record.processId, 0, maxProcessId)
  return { ...record, service: checkServiceName(record.service), instanceId: checkInstanceId(record.instanceId) }
}
