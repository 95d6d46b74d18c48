import type { InstanceHost } from '../sdk/types.js'

/** Returns what is to be said of a host besides its name: whether its target works, whether it takes calls, and in which turn. */
export function hostMarks({
  busy,
  down,
  precedence,
  cost,
}: Pick<InstanceHost, 'busy' | 'down' | 'precedence' | 'cost'>): string[] {
  return [
    down ? 'its target is down' : precedence === 'failed' ? 'a spare (failed)' : '',
    precedence === 'required' ? 'called first (required)' : '',
    busy ? 'busy' : '',
    cost === 0 ? '' : `cost ${cost}`,
  ].filter((mark) => mark !== '')
}
