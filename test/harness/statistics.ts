/** Nearest-rank percentile of some figures, 0 < `part` ≤ 1; undefined for none. */
export function percentile(figures: readonly number[], part: number): number | undefined {
  const sorted = [...figures].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)]
}

export interface Spread {
  count: number
  p50?: number
  p99?: number
  max?: number
}

export function spread(figures: readonly number[]): Spread {
  const round = (figure: number | undefined) => figure && Math.round(figure)
  const [p50, p99, max] = [0.5, 0.99, 1].map((part) => round(percentile(figures, part)))
  return p50 === undefined ? { count: 0 } : { count: figures.length, p50, p99: p99!, max: max! }
}
