import type { FaultKind } from './fault-kinds.js'

/** What one fault did, as far as it was measured. */
export interface FaultRecord {
  index: number
  kind: FaultKind
  /** Processes it hit. */
  victims: string[]
  /** Sessions whose active path it took. */
  carried: number
  /** Holes in the stream of messages at a receiver, less the pause between two messages; one per session and direction; ms. */
  gaps: number[]
  /** `gapMs` of the sessions' own `path:changed` events while the fault lasted, from both ends; ms. */
  sessionGaps: number[]
  /** Path changes of all sessions, both ends, until everything was whole again. */
  switches: number
  /** Idle faults: until the dialer's session said that its path is lost or changed; ms. */
  noticed: number[]
  /** Idle faults: until the session had an active path and a standby path again, neither over the victim; ms. */
  replaced: number[]
  /** Host faults: until no relay listed the host any more; ms. */
  leave: number[]
  /** From the end of the fault until every relay, terminator and path stood again; ms. */
  wholeMs?: number
  /** From then until every relay's directory was right; ms. */
  directoryMs?: number
  failures: string[]
}

export function newRecord(index: number, kind: FaultKind): FaultRecord {
  return {
    index,
    kind,
    victims: [],
    carried: 0,
    gaps: [],
    sessionGaps: [],
    switches: 0,
    noticed: [],
    replaced: [],
    leave: [],
    failures: [],
  }
}
