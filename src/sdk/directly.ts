import type { Clock } from '../core/clock.js'
import { maxDirectAttempts, maxDirectBurst, maxDirectHosted, maxDirectPerSecond } from '../core/limits.js'
import { Rates } from '../core/rates.js'
import { SharedTurns, Turns } from '../core/turns.js'
import { DirectListener } from '../net/direct-listener.js'
import { DirectSockets } from '../net/direct-sockets.js'
import { interfaceAddresses } from '../net/punch.js'
import { DirectPace } from './direct-pace.js'
import { NetworkWatch } from './network-watch.js'

/** Holds what the sessions of one member share on their way to direct paths. */
export class Directly {
  readonly sockets = new DirectSockets()
  readonly listener: DirectListener
  readonly pace: DirectPace
  readonly network: NetworkWatch
  /** Takes turns between dialers alone: dialers and hosts in one queue could wait for each other. */
  readonly dialing = new Turns(maxDirectAttempts)
  /** How long a round takes is the dialer's to say; none has all of them. */
  readonly hosting = new SharedTurns(maxDirectHosted, maxDirectAttempts)
  readonly rates = new Rates({ perSecond: maxDirectPerSecond, burst: maxDirectBurst })

  constructor(clock: Clock, random: () => number) {
    this.listener = new DirectListener(this.sockets.preface)
    this.pace = new DirectPace(random)
    this.network = new NetworkWatch(clock, interfaceAddresses)
  }
}
