import fc from 'fast-check'
import { seeds } from './seeds.js'
import type { Target } from './targets.js'

/** CPU time that a thousand inputs may take, whatever is in them: they are some hundred bytes each. */
const maxMsPerThousand = 5_000
const batch = 1_000

export interface Outcome {
  inputs: number
  /** The slowest thousand. */
  slowestMs: number
}

/** Feeds a target that many inputs, what once failed first. Throws with the seed and path to be kept. */
export function fuzz({ name, property }: Target, inputs: number, seed: number): Outcome {
  for (const kept of seeds[name] ?? []) fc.assert(property, { ...kept, numRuns: 1 })
  let slowestMs = 0
  for (let done = 0; done < inputs; done += batch) {
    const before = process.cpuUsage()
    fc.assert(property, { numRuns: Math.min(batch, inputs - done), seed: seed + done / batch })
    const { user } = process.cpuUsage(before)
    slowestMs = Math.max(slowestMs, user / 1000)
    if (slowestMs > maxMsPerThousand)
      throw new Error(`${slowestMs} ms for ${batch} inputs, seed ${seed + done / batch}`)
  }
  return { inputs, slowestMs }
}
