import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  certificateKind,
  certificateRequestKind,
  delegationKind,
  networkDocumentKind,
  receiptKind,
  redemptionKind,
  rotationKind,
  terminatorKind,
} from '../../../src/identity/envelope.js'
import { directStep, routerKind } from '../../../src/wire/direct-steps.js'
import { directoryStatus } from '../../../src/wire/directory-status.js'
import { frameTypes } from '../../../src/wire/frames.js'
import { helloFeatures, helloStatus } from '../../../src/wire/hello-status.js'
import { codeOfJoinStatus, joinStatus, joinStatusOf } from '../../../src/wire/join-status.js'
import { precedences } from '../../../src/wire/precedence.js'
import { prefaceBytes } from '../../../src/wire/prefaces.js'
import * as protocols from '../../../src/wire/protocols.js'
import { abortCode, dialStatus } from '../../../src/wire/session-status.js'

// Everything that two versions have to agree on by number or by name. What is new gets a line here, with a number that no line
// ever had; a line that is changed or gone leaves everybody out who does not change on the same day.

test('protocols are called the same for ever', () => {
  expect({ ...protocols, dhtProtocol: protocols.dhtProtocol('12D3Koo…') }).toEqual({
    helloProtocol: '/chat-p2p/hello/1.0.0',
    renewalProtocol: '/chat-p2p/renewal/1.0.0',
    directoryProtocol: '/chat-p2p/directory/1.0.0',
    sessionProtocol: '/chat-p2p/session/1.0.0',
    joinProtocol: '/chat-p2p/join/1.0.0',
    dhtProtocol: '/chat-p2p/12D3Koo…/kad/1.0.0',
    pathAlpn: 'chat-p2p/path/1',
    webSocketProtocol: 'chat-p2p.1',
    circuitHopProtocol: '/libp2p/circuit/relay/0.2.0/hop',
    identifyProtocol: '/ipfs/id/1.0.0',
    identifyPushProtocol: '/ipfs/id/push/1.0.0',
    pingProtocol: '/ipfs/ping/1.0.0',
  })
})

test('answers to a join have the same numbers for ever, and a new one is a refusal', () => {
  expect(joinStatus).toEqual({
    ok: 0,
    refused: 1,
    used: 2,
    expired: 3,
    revoked: 4,
    foreign: 5,
    invalid: 6,
    nameTaken: 7,
    unavailable: 8,
  })
  for (const status of Object.values(joinStatus).slice(1)) expect(joinStatusOf(codeOfJoinStatus(status))).toBe(status)
  expect(codeOfJoinStatus(99)).toBe('refused')
})

test('what is signed for one purpose is named the same for ever', () => {
  const named = [
    certificateKind,
    certificateRequestKind,
    delegationKind,
    receiptKind,
    redemptionKind,
    networkDocumentKind,
    rotationKind,
    terminatorKind,
  ].map(({ domain, payloadType }) => [domain, Buffer.from(payloadType).toString()])
  expect(named).toEqual([
    ['chat-p2p/certificate/1', '/chat-p2p/certificate'],
    ['chat-p2p/certificate-request/1', '/chat-p2p/certificate-request'],
    ['chat-p2p/delegation/1', '/chat-p2p/delegation'],
    ['chat-p2p/receipt/1', '/chat-p2p/receipt'],
    ['chat-p2p/redemption/1', '/chat-p2p/redemption'],
    ['chat-p2p/network-document/1', '/chat-p2p/network-document'],
    ['chat-p2p/rotation/1', '/chat-p2p/rotation'],
    ['chat-p2p/terminator/1', '/chat-p2p/terminator'],
  ])
})

test('numbers mean the same for ever', () => {
  expect({
    helloStatus,
    helloFeatures,
    prefaceBytes,
    directoryStatus,
    dialStatus,
    abortCode,
    frameTypes,
    precedences,
    directStep,
    routerKind,
  }).toMatchObject({
    helloStatus: { ok: 0, refused: 1, foreign: 2, expired: 3, revoked: 4, wrongPeer: 5 },
    helloFeatures: { joinsSockets: 1, tellsAddress: 2 },
    prefaceBytes: { libp2p: 0x13, splice: 0xc2, direct: 0xc3, seen: 0xc4 },
    directoryStatus: {
      ok: 0,
      unknownService: 1,
      unknownInstance: 2,
      offline: 3,
      notPermitted: 4,
      invalid: 5,
      internal: 6,
      replaced: 7,
      busy: 8,
    },
    dialStatus: {
      accepted: 1,
      ringing: 2,
      declined: 3,
      busy: 4,
      not_permitted: 5,
      timed_out: 6,
      unknown_instance: 7,
      session_unknown: 8,
      protocol_error: 9,
      closed: 10,
      canceled: 11,
      internal: 12,
    },
    abortCode: {
      aborted: 1,
      protocol_error: 2,
      session_lost: 3,
      closed: 4,
      not_permitted: 5,
      certificate_revoked: 6,
      internal: 7,
      certificate_expired: 8,
    },
    frameTypes: {
      dial: 1,
      dialAnswer: 2,
      resume: 3,
      resumeAnswer: 4,
      data: 5,
      ack: 6,
      fin: 7,
      abort: 8,
      ping: 9,
      pong: 10,
      direct: 11,
      cancel: 12,
      choose: 13,
      close: 14,
    },
    precedences: ['default', 'required', 'failed'],
    directStep: { prepare: 1, candidates: 2, now: 3 },
    routerKind: { unknown: 0, none: 1, keeps: 2, changes: 3 },
  })
})

test('fields of messages keep their numbers and types', () => {
  const pinned: Record<string, Record<string, string>> = JSON.parse(readFileSync('test/unit/wire/fields.json', 'utf8'))
  expect(fieldsOfMessages()).toMatchObject(pinned)
})

/** `{ HelloRequest: { 1: 'certificate: bytes', … }, … }` of all `.proto` files. */
function fieldsOfMessages(): Record<string, Record<string, string>> {
  const messages: Record<string, Record<string, string>> = {}
  for (const file of readdirSync('src/wire').filter((name) => name.endsWith('.proto'))) {
    let fields: Record<string, string> = {}
    for (const line of readFileSync(`src/wire/${file}`, 'utf8').split('\n')) {
      const [, message] = /^message (\w+)/.exec(line) ?? []
      if (message !== undefined) messages[`${file} ${message}`] = fields = {}
      const [, many, type, name, number] = /^\s+(repeated |optional )?(\w+) (\w+) = (\d+)/.exec(line) ?? []
      if (number !== undefined) fields[number] = `${name}: ${type}${many === 'repeated ' ? '[]' : ''}`
    }
  }
  return messages
}
