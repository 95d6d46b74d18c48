/** Every fault the harness knows, how often it comes up beside the others, and what it does. */
export const faultKinds = [
  { kind: 'control', weight: 2, network: false, text: 'nothing happens: what the machine itself does to the figures' },
  { kind: 'kill', weight: 8, network: false, text: 'SIGKILL of a relay that carries sessions, then a restart' },
  { kind: 'freeze', weight: 8, network: false, text: 'SIGSTOP of a relay that carries sessions, SIGCONT later' },
  { kind: 'blip', weight: 3, network: false, text: 'SIGSTOP for less than half a second' },
  { kind: 'restart', weight: 4, network: false, text: 'SIGTERM and a new process on the same port' },
  { kind: 'amnesia', weight: 2, network: false, text: 'SIGKILL and a new process that has forgotten everything' },
  { kind: 'outage', weight: 1, network: false, text: 'a relay is away for longer than a lease' },
  { kind: 'idle-kill', weight: 3, network: false, text: 'SIGKILL while no session says anything' },
  { kind: 'idle-freeze', weight: 4, network: false, text: 'SIGSTOP while no session says anything' },
  { kind: 'but-one', weight: 3, network: false, text: 'all relays but one at once, some killed, some frozen' },
  { kind: 'all-down', weight: 1, network: false, text: 'all relays for 20 s, then one is back, then the others' },
  {
    kind: 'storm',
    weight: 1,
    network: false,
    text: 'kills and freezes one after the other, one relay alive at any time',
  },
  { kind: 'nap', weight: 2, network: false, text: 'SIGSTOP of a host or dialer in the middle of its sessions' },
  { kind: 'host-kill', weight: 2, network: false, text: 'SIGKILL of a host: out of the directory at once' },
  { kind: 'host-freeze', weight: 1, network: false, text: 'SIGSTOP of a host: out of the directory within 10 s' },
  { kind: 'cut', weight: 2, network: true, text: "a relay's network cable is pulled" },
  { kind: 'partition', weight: 3, network: true, text: 'a relay can hear a host or dialer, and does not reach it' },
  { kind: 'mute', weight: 2, network: true, text: 'a relay can hear everybody, and reaches nobody' },
  { kind: 'loss', weight: 2, network: true, text: '5 to 20 % of the packets from and to a relay are lost' },
  { kind: 'delay', weight: 2, network: true, text: 'packets from a relay take 50 to 150 ms longer' },
] as const

export type FaultKind = (typeof faultKinds)[number]['kind']

export function isFaultKind(name: string): name is FaultKind {
  return faultKinds.some(({ kind }) => kind === name)
}

/**
 * The order of faults of one run: a deck in which each kind comes up according to its weight, shuffled anew whenever it
 * has been dealt. Every kind comes up once before any comes up twice.
 */
export function* deal(kinds: readonly FaultKind[], random: () => number): Generator<FaultKind, never> {
  yield* shuffled(kinds, random)
  for (;;) {
    const deck = faultKinds.flatMap(({ kind, weight }) => (kinds.includes(kind) ? Array(weight).fill(kind) : []))
    yield* shuffled(deck as FaultKind[], random)
  }
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items]
  for (let index = result.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1))
    ;[result[index], result[other]] = [result[other]!, result[index]!]
  }
  return result
}
