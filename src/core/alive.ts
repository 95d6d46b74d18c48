/**
 * Settles as `work` does, and keeps the process until then. For what may wait for nothing but timers that do not keep it
 * (`AbortSignal.timeout`, libp2p's own): Node would end in the middle, with exit code 13 and no word.
 */
export async function untilSettled<T>(work: Promise<T>): Promise<T> {
  const alive = setInterval(() => {}, 0x7fffffff)
  try {
    return await work
  } finally {
    clearInterval(alive)
  }
}
