import type { MemoryReport } from './memory.js'
import { repeatCommand } from './options.js'
import { grouped } from './report-text.js'

/** The report of the memory test for people. */
export function memoryText(report: MemoryReport): string {
  const lines = report.held.map(
    ({ from, bytes, stoppedSeconds, megabytesPerSecond, transferred }) =>
      `from ${from}: ${grouped(transferred)} bytes; reader stopped for ${stoppedSeconds} s with ${grouped(bytes)} bytes on the ` +
      `way; ${megabytesPerSecond} MB/s otherwise`,
  )
  for (const [name, peak] of Object.entries(report.peakMib)) {
    lines.push(
      `  ${peak < report.limitMib ? '✓' : '✗'}  ${name}: at most ${peak} MiB resident (< ${report.limitMib} MiB)`,
    )
  }
  if (report.failures.length > 0) {
    lines.push('', ...report.failures.map((failure) => `FAILED  ${failure}`))
    lines.push('', `seed ${report.seed}; to repeat it:`, `  ${repeatCommand(report.options)}`)
  }
  return lines.join('\n')
}
