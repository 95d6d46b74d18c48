import { dialFlood } from './programs/dial-flood.js'
import { endlessLength } from './programs/endless-length.js'
import { halfOpen } from './programs/half-open.js'
import { idleCircuits } from './programs/idle-circuits.js'
import { slowLineProgram } from './programs/slow-line.js'
import { slowReader } from './programs/slow-reader.js'
import type { Program } from './stage.js'

/** All hostile programs, in the order in which they run. */
export const programs: readonly Program[] = [
  endlessLength,
  slowLineProgram,
  slowReader,
  idleCircuits,
  halfOpen,
  dialFlood,
]
