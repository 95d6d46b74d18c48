import type { RendezvousOptions } from '../../rendezvous/options.js'

/** What happens in a chat. `detail` marks what only `-v` shows. */
export type ChatEvent =
  | { type: 'started'; peerId: string; addresses: string[]; rendezvous: string; protocol: string }
  /** Process `pid`, which holds the line to some for an earlier run, lets us speak and hear through it. */
  | { type: 'taken-over'; pid: number }
  | { type: 'bootstrap-up'; peerId: string }
  | { type: 'bootstrap-down'; peerId: string; why: string; detail: boolean }
  | { type: 'bootstrap-lost'; peerId: string }
  /** None of the bootstrap peers has answered the first time. */
  | { type: 'alone' }
  | { type: 'announced'; rendezvous: string; servers: number; detail: boolean }
  /** Those who come through our bootstrap nodes can't find each other: none of these keeps the DHT's records. */
  | { type: 'unlisted' }
  | { type: 'announce-failed'; why: string }
  | { type: 'search-failed'; why: string }
  | { type: 'found'; peerId: string; detail: boolean }
  | { type: 'unreachable'; peerId: string; why: string; detail: boolean }
  | { type: 'connected'; peerId: string }
  | { type: 'line'; peerId: string; text: string; cut: boolean }
  | { type: 'behind'; peerId: string }
  | { type: 'left'; peerId: string }
  /** Nothing was heard of it for a while: its machine or network is gone. It comes back with `connected`. */
  | { type: 'silent'; peerId: string }

/** Peers to whom a process holds the line, for their programs' sake. */
export interface HeldLine {
  pid: number
  peerIds: string[]
}

/** What became of a text: how many peers it went to; why to none. */
export interface Said {
  peers: number
  refused: 'nobody' | 'too long' | undefined
}

/** From the program at the terminal to the process that holds the connections. */
export type ToPeer =
  | { type: 'start'; options: RendezvousOptions }
  | { type: 'say'; text: string }
  /** So many events have been shown; the next ones may come. */
  | { type: 'shown'; events: number }
  /** `hangUp`: whatever that does to others. */
  | { type: 'leave'; hangUp: boolean }

/** And back. */
export type FromPeer =
  | { type: 'event'; event: ChatEvent }
  | { type: 'said'; said: Said }
  /** It could not start. */
  | { type: 'failed'; code: string; message: string; stack?: string }
  /** It has left. These lines are held from now on: by itself, and by those it had borrowed them of. */
  | { type: 'left'; held: HeldLine[] }
