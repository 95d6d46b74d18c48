import type { TerminatorRecord } from '../../identity/terminator.js'
import type { SignedTerminator } from '../../wire/messages/directory.js'

/** One terminator as a relay knows it: what the host signed, the proof, and what the owner saw. */
export interface Entry {
  record: TerminatorRecord
  /** The certificate's name; shown by list. */
  identityName: string
  signed: SignedTerminator
  busy: boolean
  /** Set when the host says that what it offers does not work at the moment. */
  down: boolean
  /** When the owner first took it; milliseconds since 1970. */
  sinceMs: number
}

/** Names what tells one terminator from another. */
export type EntryKey = Pick<TerminatorRecord, 'service' | 'instanceId' | 'hostPeerId' | 'relayPeerId'>

/** An instance that left, and when it was last there; milliseconds since 1970. */
export interface Departed {
  instanceId: string
  lastSeenMs: number
}
