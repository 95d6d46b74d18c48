/** What the choice between paths depends on. */
export interface PathCandidate<P> {
  path: P
  /** 0 is the best. */
  rank: number
  /** Something sent on it went unanswered, and no pong has cleared it yet. */
  suspect: boolean
  /** It has not failed lately. */
  settled: boolean
  /** The dialer chose it last; host only. */
  chosen: boolean
  /** Undefined until measured. */
  roundTripMs: number | undefined
}

/**
 * Returns the path to send on. A healthy current path is left only for a better one that is healthy, settled and measured: for the
 * dialer one of a better kind, for the host the one the dialer chose. A suspect one is left for any healthy one, and kept when there
 * is none. Undefined when there is no path at all.
 */
export function choosePath<P>(candidates: PathCandidate<P>[], current: P | undefined): P | undefined {
  const now = candidates.find(({ path }) => path === current)
  const healthy = candidates.filter(({ suspect }) => !suspect)
  if (now !== undefined && !now.suspect) {
    const better = healthy.find((other) => other.settled && other.roundTripMs !== undefined && preferred(other, now))
    return (better ?? now).path
  }
  if (healthy.length === 0) return (now ?? candidates[0])?.path
  return healthy.sort(byMerit)[0]!.path
}

function preferred<P>(other: PathCandidate<P>, now: PathCandidate<P>): boolean {
  if (other.chosen !== now.chosen) return other.chosen
  return other.rank < now.rank && !now.chosen
}

function byMerit<P>(a: PathCandidate<P>, b: PathCandidate<P>): number {
  if (a.settled !== b.settled) return a.settled ? -1 : 1
  if (a.chosen !== b.chosen) return a.chosen ? -1 : 1
  if (a.rank !== b.rank) return a.rank - b.rank
  const [x, y] = [a.roundTripMs ?? Number.MAX_VALUE, b.roundTripMs ?? Number.MAX_VALUE]
  return x - y
}
