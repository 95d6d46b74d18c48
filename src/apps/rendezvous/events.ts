import type { RendezvousOptions } from '../../rendezvous/options.js'

/** Tells what happens in a chat. `detail` marks what only `-v` shows. */
export type ChatEvent =
  | { type: 'started'; peerId: string; addresses: string[]; rendezvous: string; protocol: string }
  /** Says that process `pid`, which holds the line to some peers for an earlier run, lets us speak and hear through it. */
  | { type: 'taken-over'; pid: number }
  | { type: 'bootstrap-up'; peerId: string }
  | { type: 'bootstrap-down'; peerId: string; why: string; detail: boolean }
  | { type: 'bootstrap-lost'; peerId: string }
  /** Says that none of the bootstrap peers has answered the first time. */
  | { type: 'alone' }
  | { type: 'announced'; rendezvous: string; servers: number; detail: boolean }
  /** Says that peers who come through our bootstrap nodes can't find each other, as none of these keeps the DHT's records. */
  | { type: 'unlisted' }
  | { type: 'announce-failed'; why: string }
  | { type: 'search-failed'; why: string }
  | { type: 'found'; peerId: string; detail: boolean }
  | { type: 'unreachable'; peerId: string; why: string; detail: boolean }
  | { type: 'connected'; peerId: string }
  | { type: 'line'; peerId: string; text: string; cut: boolean }
  | { type: 'behind'; peerId: string }
  | { type: 'left'; peerId: string }
  /**
   * Says that nothing was heard of a peer for a while: its machine or network is gone. When it is heard again, `connected` follows.
   */
  | { type: 'silent'; peerId: string }

/** Names the peers to whom a process holds the line, as their programs would not survive its end. */
export interface HeldLine {
  pid: number
  peerIds: string[]
}

/** Says what became of a text: how many peers it went to, or why it went to none. */
export interface Said {
  peers: number
  refused: 'nobody' | 'too long' | undefined
}

/** Is sent by the program at the terminal to the process that holds the connections. */
export type ToPeer =
  | { type: 'start'; options: RendezvousOptions }
  | { type: 'say'; text: string }
  /** Says that so many events have been shown; the next ones may come. */
  | { type: 'shown'; events: number }
  /** `hangUp` ends every connection, even if programs of others crash from it. */
  | { type: 'leave'; hangUp: boolean }

/** Is sent by the process that holds the connections to the program at the terminal. */
export type FromPeer =
  | { type: 'event'; event: ChatEvent }
  | { type: 'said'; said: Said }
  /** Says that the process could not start. */
  | { type: 'failed'; code: string; message: string; stack?: string }
  /** Says that it has left. These lines are held from now on: by itself, and by the processes it had borrowed them of. */
  | { type: 'left'; held: HeldLine[] }
