/** Bytes from hex; spaces between them are welcome. */
export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
}
