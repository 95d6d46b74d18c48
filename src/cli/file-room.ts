import { canOpen } from '../core/file-limit.js'
import type { Log } from './log.js'

/** With fewer left than this, somebody who connects soon finds none. */
const spareFiles = 8
/** Room that lasts for so many looks is said. */
const steadyLooks = 10

/**
 * Returns a function that looks whether this process may open more files, and says when it may not, and when it may again. Where it may
 * not, the system hangs up on whoever connects, and tells the process nothing.
 */
export function fileRoom(log: Log, hasRoom: () => boolean = () => canOpen(spareFiles)): () => void {
  let roomy = steadyLooks
  return () => {
    const before = roomy
    roomy = hasRoom() ? Math.min(roomy + 1, steadyLooks) : 0
    if (before === steadyLooks && roomy === 0) {
      log('WARNING', 'this process may open no more files (ulimit -n): whoever connects is hung up on')
    }
    // From here on a new shortage is said again.
    if (before < steadyLooks && roomy === steadyLooks) log('INFO', 'more files may be opened again')
  }
}
