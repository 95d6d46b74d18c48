import type { Socket } from 'node:net'

/*
 * What a run and the process that holds the line for an earlier one say to each other, over a socket in a folder that only
 * their user may enter: JSON, one message per line.
 */

/** Says in which network and chat a run is, and under which identity. */
export interface Terms {
  /** Is raised when the messages below change. */
  version: 1
  rendezvous: string
  protocol: string
  /** Peer ids of the bootstrap nodes: which network it is. */
  peers: string[]
  /** Our own peer id, when it is kept in a file; null for one that was made for one run. */
  identity: string | null
}

/** Is sent by the run that borrows. */
export type FromBorrower =
  | { type: 'borrow'; terms: Terms }
  | { type: 'write'; stream: number; base64: string }
  | { type: 'pause'; stream: number; paused: boolean }
  /** Ends the holder, and so the programs that don't survive it. */
  | { type: 'hang-up' }

/** Is sent by the holder. */
export type FromLender =
  | { type: 'lent'; streams: Array<{ stream: number; peerId: string }> }
  /** Says that another run has the line, or that it is not for this one. */
  | { type: 'refused' }
  | { type: 'bytes'; stream: number; base64: string }
  /** Says that the other side has taken so many of the bytes that were written. */
  | { type: 'taken'; stream: number; bytes: number }
  | { type: 'ended'; stream: number }
  | { type: 'silent'; peerId: string; silent: boolean }

/**
 * Returns whether a holder's line is for the run that asks. Those at the other end hear what is typed there, so it must be the same
 * word and protocol in the same network; and a run with one identity must not speak under another one.
 */
export function isForUs(held: Terms, asked: Terms): boolean {
  return (
    held.version === asked.version &&
    held.rendezvous === asked.rendezvous &&
    held.protocol === asked.protocol &&
    held.identity === asked.identity &&
    [...new Set(held.peers)].sort().join() === [...new Set(asked.peers)].sort().join()
  )
}

/** Sends a message; returns false when the other side is slow, and `drain` tells when it has caught up. */
export function sendMessage(socket: Socket, message: FromBorrower | FromLender): boolean {
  return !socket.writable || socket.write(`${JSON.stringify(message)}\n`)
}

/** Calls back for each message. Bytes that are no message end the connection. */
export function onMessages<Message extends FromBorrower | FromLender>(
  socket: Socket,
  onMessage: (message: Message) => void,
): void {
  let rest = ''
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    try {
      for (const line of lines) onMessage(JSON.parse(line) as Message)
    } catch {
      socket.destroy()
    }
  })
}
