import { endlessLength } from './programs/endless-length.js'
import type { Program } from './stage.js'

/** All hostile programs, in the order in which they run. */
export const programs: readonly Program[] = [endlessLength]
