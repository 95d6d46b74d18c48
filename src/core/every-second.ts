const runs = new Set<() => void>()
let timer: NodeJS.Timeout | undefined

/**
 * Calls `run` once a second, in one turn with all others that are called so: a process with nothing to do wakes once for all of them.
 * What is due before the next second needs a timer of its own. Returns what ends it.
 */
export function everySecond(run: () => void): () => void {
  const own = () => run() // whoever asks twice is called twice
  runs.add(own)
  timer ??= setInterval(() => {
    for (const each of [...runs]) if (runs.has(each)) each()
  }, 1_000)
  return () => {
    runs.delete(own)
    if (runs.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}
