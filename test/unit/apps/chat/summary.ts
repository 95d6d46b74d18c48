import { message } from '../../../../src/apps/chat/lines.js'
import type { ChatState, Effect, Step } from '../../../../src/apps/chat/state.js'

/** A step in one line: its effects, then what changed, for example `dial out-1 ann 'hi there' | dialing`. */
export function summary(before: ChatState, { state, effects }: Step): string {
  const changes: string[] = []
  if (state.call !== before.call) changes.push(state.call.kind)
  if (state.waiting !== before.waiting)
    changes.push(`waiting: ${state.waiting.map(({ name }) => name).join(', ') || 'none'}`)
  if (state.leaving !== before.leaving) changes.push('leaving')
  return [...effects.map(describe), '|', ...changes].join(' ').trim()
}

function describe(effect: Effect): string {
  switch (effect.type) {
    case 'print':
      return `[${effect.lines.join(' / ')}]`
    case 'message':
      return `[${message(effect.from, effect.text).join(' / ')}]`
    case 'dial':
      return `dial(${effect.id} ${effect.to.instanceId} '${effect.appData}')`
    case 'decline':
      return `decline(${effect.id}${effect.reason === undefined ? '' : ` '${effect.reason}'`})`
    case 'send':
      return `send(${effect.id} '${effect.text}')`
    case 'busy':
      return `busy(${effect.busy})`
    case 'list':
      return effect.more ? 'list(more)' : 'list'
    case 'whois':
      return effect.to === undefined ? 'whois' : `whois(${effect.to.instanceId})`
    case 'bell':
    case 'status':
    case 'help':
    case 'leave':
      return effect.type
    default:
      return `${effect.type}(${effect.id})`
  }
}
