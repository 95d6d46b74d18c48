/*
 * The first byte of a TCP connection says what it is. libp2p's begin with multistream's first length, that of
 * `/multistream/1.0.0\n`; TLS would begin with 0x16.
 */
export const prefaceBytes = {
  libp2p: 0x13,
  /** To a relay: to be joined with another one; a token follows. */
  splice: 0xc2,
  /** To a member: to carry a session; the session's token follows. */
  direct: 0xc3,
  /** To a relay: which address it sees; 32 random bytes follow. */
  seen: 0xc4,
} as const

/** Bytes of either token. */
export const prefaceTokenBytes = 32

export function encodePreface(byte: number, token: Uint8Array): Uint8Array {
  return Uint8Array.of(byte, ...token)
}

/** The token of a whole preface. */
export function tokenOf(preface: Uint8Array): Uint8Array {
  return preface.subarray(1, 1 + prefaceTokenBytes)
}
