/** Names a relay's answers to who asks for a circuit (libp2p's circuit relay v2 spec, Status). */
export const circuitStatus = { resourceLimitExceeded: 201, permissionDenied: 202 } as const

/**
 * Encodes `HopMessage { type: STATUS, status }` behind its length, as libp2p's circuit relay v2 has it; its own codec is not
 * exported.
 */
export function hopRefusal(status: (typeof circuitStatus)[keyof typeof circuitStatus]): Uint8Array {
  return Uint8Array.of(5, 0x08, 2, 0x28, (status & 0x7f) | 0x80, status >> 7)
}
