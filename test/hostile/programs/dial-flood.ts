import { type Context, createContext } from '../../../src/sdk/index.js'
import { service } from '../../harness/network.js'
import type { Program, Report } from '../stage.js'

/** What an operator of a small machine says; the defaults are for machines that serve hundreds. */
const full = { quotas: { dials: 20, requests: 100 }, dials: 200, pauseMs: 100 }
/** Any machine floods more than that. */
const small = { quotas: { dials: 5, requests: 10 }, dials: 3, pauseMs: 400 }
const maxRatio = 2

/** A member asks and dials as fast as it can: what it may not is refused, and another one dials about as fast as before. */
export const dialFlood: Program = {
  name: 'dial-flood',
  about: 'a member floods a relay and a host with calls and questions while another one calls',
  async run(stage) {
    const report: Report = { lines: [], failures: [] }
    const { quotas, dials, pauseMs } = stage.small ? small : full
    await stage.network(1, ['host', 'mallory', 'honest'], quotas)
    const { name } = await stage
      .victim('host')
      .call('host', { identity: stage.identity('host'), quotas: { dials: quotas.dials } })
    const honest = await createContext(stage.identity('honest'), { direct: 'never' })
    stage.onClose(() => honest.close())
    const dialling = () => dialTimes(honest, name, { count: dials, pauseMs })
    await dialling() // what is done once is done
    const quiet = await dialling()
    const attacker = stage.victim('mallory')
    await attacker.call('flood', {
      identity: stage.identity('mallory'),
      instanceId: name,
      elsewhere: !stage.small,
    })
    while ((await attacker.call('flooded')).refused === 0) await new Promise((done) => setTimeout(done, 100))
    const flooded = await dialling()
    const { asked, refused } = await attacker.call('flooded')
    const [before, under] = [quantile(quiet, 0.99), quantile(flooded, 0.99)]
    const medians = [quiet, flooded].map((times) => quantile(times, 0.5).toFixed(1))
    report.lines.push(
      `${asked} calls and questions of the flood, ${refused} of them refused`,
      `median of ${dials} dials: ${medians[0]} ms quiet, ${medians[1]} ms under the flood`,
      `p99 of ${dials} dials: ${before.toFixed(1)} ms quiet, ${under.toFixed(1)} ms under the flood: ${(under / before).toFixed(2)} × (goal ≤ ${maxRatio})`,
    )
    // In small only that others are served is shown: the machine does other things.
    if (!stage.small && under > maxRatio * before) report.failures.push('the flood slows the other member')
    return report
  },
}

async function dialTimes(
  context: Context,
  instanceId: string,
  { count, pauseMs }: { count: number; pauseMs: number },
): Promise<number[]> {
  const times: number[] = []
  for (let index = 0; index < count; index++) {
    const startMs = performance.now()
    const connection = await context.dial(service, { instanceId })
    times.push(performance.now() - startMs)
    await connection.close()
    await new Promise((done) => setTimeout(done, pauseMs)) // it keeps to its own quota
  }
  return times
}

const quantile = (times: number[], part: number) =>
  [...times].sort((a, b) => a - b)[Math.ceil(times.length * part) - 1]!
