/** One line of list: an instance, however many terminators it has. */
export interface Row {
  instanceId: string
  identityName: string
  peerId: string
  terminators: number
  sinceMs: number
  busy: boolean
}

/** True when the two say the same of the same instance. */
export function sameRow(a: Row, b: Row): boolean {
  return (
    a.instanceId === b.instanceId &&
    a.identityName === b.identityName &&
    a.peerId === b.peerId &&
    a.terminators === b.terminators &&
    a.sinceMs === b.sinceMs &&
    a.busy === b.busy
  )
}

/** Two answers about the same instance, from sources of which neither may be complete. */
export function joinRows(a: Row, b: Row): Row {
  const older = a.sinceMs <= b.sinceMs ? a : b
  return { ...older, terminators: Math.max(a.terminators, b.terminators), busy: a.busy && b.busy }
}
