import type { Socket } from 'node:net'

/*
 * What a run and the process that holds the line for an earlier one say to each other, over a socket in a folder that only
 * their user may enter: JSON, one message per line.
 */

/** Whom a run is with, and as whom. */
export interface Terms {
  /** Grows with the messages below. */
  version: 1
  rendezvous: string
  protocol: string
  /** Peer ids of the bootstrap nodes: which network it is. */
  peers: string[]
  /** Our own peer id, when it is kept in a file; null for one that was made for one run. */
  identity: string | null
}

/** From the run that borrows. */
export type FromBorrower =
  | { type: 'borrow'; terms: Terms }
  | { type: 'write'; stream: number; base64: string }
  | { type: 'pause'; stream: number; paused: boolean }
  /** Ends the holder, and so the programs that don't survive it. */
  | { type: 'hang-up' }

/** From the holder. */
export type FromLender =
  | { type: 'lent'; streams: Array<{ stream: number; peerId: string }> }
  /** Another run has it, or it is not for this one. */
  | { type: 'refused' }
  | { type: 'bytes'; stream: number; base64: string }
  /** The other side has taken so many of the bytes that were written. */
  | { type: 'taken'; stream: number; bytes: number }
  | { type: 'ended'; stream: number }
  | { type: 'silent'; peerId: string; silent: boolean }

/**
 * Whether a holder's line is for the run that asks. What is typed there is heard by those at the other end, so it must be the
 * same word and protocol in the same network; and who speaks as somebody does not speak as somebody else.
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

/** Returns false when the other side takes its time; `drain` tells when it has. */
export function sendMessage(socket: Socket, message: FromBorrower | FromLender): boolean {
  return !socket.writable || socket.write(`${JSON.stringify(message)}\n`)
}

/** Calls back for each message. What is none ends the connection. */
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
