import type { Socket } from 'node:net'

/** A change of key is answered with 27 bytes; nobody honest asks for one before 2^24 records. */
const maxUnreadAnswerBytes = 256 * 1024

/**
 * Says whether TLS itself has said much on a socket that the other end does not read. Each change of keys that is asked for is
 * answered at once, beyond what Node counts as written (Node 20 to 24), so that nothing else would hold back who asks without end.
 */
export function hasUnreadAnswers(socket: Socket): boolean {
  const { _handle: handle } = socket as unknown as { _handle?: { writeQueueSize: number } | null }
  return (handle?.writeQueueSize ?? 0) - socket.writableLength > maxUnreadAnswerBytes
}
