import type { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import type { ReadableStream, WritableStream } from 'node:stream/web'
import type { OverlayError } from '../core/errors.js'
import type { QuotaLimits } from '../net/quotas.js'
import type { Precedence } from '../wire/precedence.js'

export type { Identity } from '../identity/public.js'

/** Says who someone is, as proved by a certificate the authority signed; never what they say of themselves. */
export interface Party {
  name: string
  peerId: string
  roles: readonly string[]
}

/** One identity behind an instance, and how it is doing there. */
export interface InstanceHost {
  /** Name of the identity that bound it. */
  identityName: string
  peerId: string
  terminators: number
  /** When its oldest live terminator was established; milliseconds since 1970. */
  sinceMs: number
  /** Set when the host says that it cannot take another call now. */
  busy: boolean
  /** Set when the host says that what it offers does not work at the moment. */
  down: boolean
  /** `failed` is called when nobody else is left: a spare, or one that is down. */
  precedence: Precedence
  /** 0–65535, lower is preferred. */
  cost: number
}

/**
 * One row of the directory: an instance, however many hosts and terminators it has. Where several identities are behind one
 * instance id, it has the name of the oldest and the state of the best, and is busy or down when all are.
 */
export interface Instance extends InstanceHost {
  instanceId: string
  /** How many identities are behind it. */
  hostCount: number
  /** Of several, the first eight, the oldest first; empty when there is one. */
  hosts: readonly InstanceHost[]
}

export interface ListPage {
  instances: Instance[]
  /** Hand it back to get the next page; undefined on the last one. */
  cursor?: string
}

export type DirectoryEvent =
  | { type: 'joined' | 'changed'; instance: Instance }
  /** `lastSeenMs` says until when it was there, ms since 1970; undefined when the relay that knew it is gone itself. */
  | { type: 'left'; instanceId: string; lastSeenMs?: number }

export type { Precedence }

export interface ContextOptions {
  /** Ends `createContext` early; the context itself is ended with `close()`. */
  signal?: AbortSignal
  /**
   * `auto` (default): once a call was accepted, both sides tell each other their addresses, and the session moves to a direct
   * connection where one can be made; relays stand by. `never`: it stays on relays, and nobody is told an address.
   */
  direct?: 'auto' | 'never'
  /**
   * Multiaddrs to take direct connections on all the time, for example `/ip4/0.0.0.0/tcp/4001` where a router forwards that port;
   * none by default, as a port is open only for the seconds in which a direct connection is tried.
   */
  directListen?: string[]
  /**
   * Have relays join TLS sockets for sessions where they can, which costs them a tenth of a circuit. Default true; false: circuits
   * alone, for a network where only libp2p's own connections get through.
   */
  splices?: boolean
  /**
   * The proxy that leads to relays: `http://`, `https://` (CONNECT) or `socks5://[user:password@]host:port`, or `none`. Default: as
   * `CHAT_P2P_PROXY`, else `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say. `bad_argument` when it can't be read.
   */
  proxy?: string
  /**
   * Limits what one caller or one address may take of this context as a host: `strangers`, `stranger-rate`, `connections`, `dials`;
   * 0 for no limit. Default: see docs/reference.md. `bad_argument` for another name.
   */
  quotas?: QuotaLimits
}

/** Holds what the network document says of a service. */
export interface ServiceState {
  name: string
  /** How long a session outlives the loss of all its paths, ms, where the service says so. */
  sessionGrace?: number
}

export interface ListenOptions {
  /** Bind under this instance id; needs the right to it. */
  instanceId?: string
  /** Bind under the identity's own name (the default when `instanceId` is not given). */
  bindUsingIdentity?: boolean
  /** Relays to hold a terminator on at the same time; default: the service's, 3. */
  maxTerminators?: number
  /** How long a caller is kept waiting for `accept` or `decline`; ms, default 60 000. The dialer may ask for less. */
  connectTimeout?: number
  /** 0–65535, lower is preferred; default 0. */
  cost?: number
  precedence?: Precedence
  /** Says that what is offered does not work at the moment; the directory shows it. Default false. */
  down?: boolean
  /**
   * How long a session outlives the loss of all its paths; ms from 1 000 to 24 h, default: the service's, else 60 000. The dialer
   * has one of its own; the shorter one counts.
   */
  sessionGrace?: number
  signal?: AbortSignal
}

export interface DialOptions {
  /** Which instance; without it the service's strategy chooses a host, and one that is busy is passed over. */
  instanceId?: string
  /** At most 64 KiB, seen by the host before it answers. */
  appData?: Uint8Array
  /** How long to wait for the host's answer; ms, default 60 000. */
  connectTimeout?: number
  /** How long the session outlives the loss of all its paths, ms, as for `listen`. */
  sessionGrace?: number
  /** Gives up early; the host stops ringing. */
  signal?: AbortSignal
  /**
   * The `stickyToken` of an earlier connection: the dial goes to that host again if it is there. Only for services of strategy
   * `sticky`.
   */
  stickyToken?: string
  /**
   * Called once when the host has been reached and rings, also when it accepts at once: in any case before `dial` resolves. Of a call
   * that is refused without ringing it is not called.
   */
  onRinging?: () => void
}

export interface ListOptions {
  cursor?: string
  /** 1–1000, default 100. */
  limit?: number
  signal?: AbortSignal
}

export interface RelayState {
  name: string
  peerId: string
  state: 'connecting' | 'up' | 'down'
  /** Why it is down. */
  error?: OverlayError
  /** Last measured round trip, ms. */
  roundTripMs?: number
}

export interface TerminatorState {
  relay: string
  relayPeerId: string
  sinceMs: number
}

/** What a path is: `direct`, a TLS socket without a relay; `splice`, one that the relay joins; `circuit`, libp2p's through the relay. */
export type PathKind = 'direct' | 'splice' | 'circuit'

/** Describes one of the paths that carry a session at the moment. */
export interface PathState {
  /** Name of the relay, or `direct`. */
  relay: string
  kind: PathKind
  /** `suspect`: something sent on it went unanswered; another one takes over until it is cleared or lost. */
  role: 'active' | 'standby' | 'suspect'
  /** Smoothed round trip, ms; undefined until measured. */
  roundTripMs?: number
  /** The two ends of a direct path, as `host:port`. */
  addresses?: { local: string; remote: string }
}

/** Says whether a session has a direct connection, and why not. */
export interface DirectState {
  /**
   * `direct`: it has one; `trying`: that is not known yet; `relayed`: none could be made so far, `why` says what is in the way, and
   * it is tried again now and then; `off`: a side or the service keeps to relays.
   */
  state: 'direct' | 'trying' | 'relayed' | 'off'
  /** Says why not, in words that fit into the middle of a sentence for people. */
  why?: string
}

export interface PathLost {
  /** Name of the relay, or `direct`. */
  relay: string
  kind: PathKind
  /** Since the last byte was received on it, ms. */
  silentMs: number
}

export interface PathChange {
  /** Relay that carried the session until now; undefined when there was none. */
  from?: string
  to: string
  /** What carries it now. */
  kind: PathKind
  /** The time from the last byte received on the old path to the first on the new one, ms. */
  gapMs: number
}

export interface ContextEvents {
  'relay:up': [RelayState]
  'relay:down': [RelayState]
  /**
   * Emitted when a renewed certificate is used from now on; ms since 1970. It is in the identity's file, unless that could not be
   * written: then a restart falls back to the older one.
   */
  renewed: [{ expiresAtMs: number; inFile: boolean }]
  /**
   * Emitted when something went wrong that ended nothing: a network document could not be kept on disk, or a listener or handler of
   * the application threw or rejected (its call is ended by then). Without a listener here, faults of handlers that are no
   * OverlayError become warnings of the process.
   */
  warning: [OverlayError]
  close: []
}

/** Holds everything one identity does in one network. It is made by `createContext`; `close()` ends all that came out of it. */
export interface Context extends EventEmitter<ContextEvents>, AsyncDisposable {
  readonly identity: Party
  readonly network: { id: string; name: string; revision: number }
  /** Offers `service`. Resolves as soon as binding has begun; `listener.established(n)` waits for terminators. */
  listen(service: string, options?: ListenOptions): Promise<Listener>
  /** Calls an instance and resolves when its host accepted; rejects with an OverlayError that says what happened instead. */
  dial(service: string, options?: DialOptions): Promise<Connection>
  listTerminators(service: string, options?: ListOptions): Promise<ListPage>
  /**
   * Yields everyone who is there now (as `joined`), then each change, until the signal fires; a slow reader gets the newest state
   * of each instance. Rejects with `not_permitted` or `unknown_service`, also when that comes to be so while it runs.
   */
  watch(service: string, options?: { signal?: AbortSignal }): AsyncIterable<DirectoryEvent>
  /** Resolves with the certified party behind a live instance; rejects with `offline` or `unknown_instance`. */
  whois(service: string, instanceId: string, options?: { signal?: AbortSignal }): Promise<Party>
  hasService(name: string): boolean
  /** Returns what the network says of a service; undefined when it has none of this name. */
  service(name: string): ServiceState | undefined
  relays(): RelayState[]
  /** Resolves when a relay is up; rejects with `no_relay` after `timeout` ms. */
  ready(options?: { timeout?: number; signal?: AbortSignal }): Promise<void>
  /**
   * Ends everything. Connections whose `close` was called before, or whose other side has just closed them, still end in
   * order, for at most 5 s; all others are aborted after half a second. Never rejects.
   */
  close(): Promise<void>
}

export interface ListenerEvents {
  /**
   * Emitted when somebody calls. When a handler throws, or returns a promise that rejects, its call is ended (`internal` for the
   * caller while it waits, `aborted` once it was accepted) and `warning` says why; other calls don't notice.
   */
  dial: [IncomingDial]
  'terminator:established': [TerminatorState]
  'terminator:lost': [TerminatorState, OverlayError]
  /**
   * Emitted when the instance is not offered for the time being, and nobody can call it: the permission or a certificate is not (or
   * no longer) good (`not_permitted`, `unknown_service`, `certificate_revoked`, `certificate_expired`), another process of the
   * identity has its place (`replaced`), or the relays don't take it. Sessions that are permitted go on. It is emitted again when
   * the reason changes.
   */
  suspended: [OverlayError]
  /** Emitted when what suspended the instance is put right: it is offered again, as soon as terminators stand. */
  resumed: []
  /**
   * Emitted when the place was taken over from another process of this identity; `takeovers` counts how often that happened lately.
   */
  takeover: [{ takeovers: number }]
  /** Emitted when a handler of one call failed; the context emits it as well. */
  warning: [OverlayError]
  close: []
}

/**
 * Holds the place of one instance. Callers come as `dial` events or, in `for await (const dial of listener)`, one after the other;
 * without either everyone is told `busy`. The loop ends with the listener. What can heal does not end it: it is `suspended`, and
 * `resumed`.
 */
export interface Listener extends EventEmitter<ListenerEvents>, AsyncIterable<IncomingDial>, AsyncDisposable {
  readonly service: string
  readonly instanceId: string
  /** Says why it is suspended; undefined while it is not. */
  readonly suspended: OverlayError | undefined
  terminators(): TerminatorState[]
  /** Resolves when at least `count` (default 1) terminators stand. */
  established(count?: number, options?: { timeout?: number; signal?: AbortSignal }): Promise<void>
  /** Changes what the directory says of this instance, while it is offered. */
  update(change: { cost?: number; precedence?: Precedence; busy?: boolean; down?: boolean }): Promise<void>
  close(): Promise<void>
}

/** A caller that waits for an answer. The first of `accept`, `decline`, `busy` counts; a later no does nothing. */
export interface IncomingDial {
  readonly caller: Party
  readonly service: string
  readonly instanceId: string
  readonly appData: Uint8Array
  /**
   * Fires when the caller gave up or its time is over; the dial is then dead. A listener of it must not throw: Node makes that an
   * uncaught exception.
   */
  readonly signal: AbortSignal
  /**
   * Accepts the call. Rejects with `canceled` when the caller is gone already, `closed` when it was answered before or its listener
   * was closed, and why (`not_permitted`, …) when the call was withdrawn meanwhile.
   */
  accept(): Promise<Connection>
  /** Says no, with a reason: a text, or what an error says. */
  decline(reason?: string | Error): void
  busy(reason?: string | Error): void
}

export interface ConnectionEvents {
  'path:lost': [PathLost]
  'path:changed': [PathChange]
  /** Emitted when there is no path at the moment; the session is given up after `graceMs`. */
  interrupted: [{ graceMs: number }]
  resumed: []
  /** Emitted when it has a direct connection now, or with why none could be made, when that was not said before. */
  direct: [DirectState]
  /** Emitted once, when both directions are over; with an error unless both ended in order. */
  close: [OverlayError | undefined]
}

/**
 * A reliable byte stream that outlives the relay carrying it. Iterating reads; leaving the loop early aborts. Reading comes to its
 * end in order, or throws the OverlayError that ended the connection.
 */
export interface Connection extends EventEmitter<ConnectionEvents>, AsyncIterable<Uint8Array>, AsyncDisposable {
  readonly id: string
  readonly remote: Party
  readonly service: string
  readonly instanceId: string
  /** On the dialer's side: names the host that answered, for a later dial. */
  readonly stickyToken?: string
  /**
   * Sends bytes. Resolves when they are in the send buffer, and waits while that is full. The array must not be changed afterwards.
   * Rejects with `bad_argument` for anything but a Uint8Array (or Buffer), and with `closed` once `closeWrite` was called; the
   * connection goes on.
   */
  write(bytes: Uint8Array, options?: { signal?: AbortSignal }): Promise<void>
  /** Resolves with the next bytes, or undefined at the end of the other side's stream. */
  read(options?: { signal?: AbortSignal }): Promise<Uint8Array | undefined>
  /** Closes the outgoing direction (half close): the other side reads to the end; reading here goes on. */
  closeWrite(): Promise<void>
  /**
   * Closes the outgoing direction, then waits (at most `timeout` ms, default 5 000) until the other side has everything; reading
   * ends.
   */
  close(options?: { timeout?: number }): Promise<void>
  /** Ends both directions at once; the other side gets `aborted` with the reason: a text, or what an error says. */
  abort(reason?: string | Error): void
  /**
   * Returns the connection as a Node stream, for `pipe`, `pipeline` and whatever takes a socket; use one or the other. Ending it is
   * a half close, destroying it before both directions have ended an abort; its `close` says that the other side has everything.
   * It has what Node's `http` calls on a socket: `setTimeout` with its `timeout` event, and `setNoDelay`, `setKeepAlive`, `ref` and
   * `unref`, which do nothing.
   */
  toDuplex(): Duplex
  /** The incoming direction as a web stream; canceling it aborts the connection, with the reason if that is a text. */
  readonly readable: ReadableStream<Uint8Array>
  /** The outgoing direction as a web stream; closing it is a half close, aborting it aborts the connection. */
  readonly writable: WritableStream<Uint8Array>
  paths(): PathState[]
  readonly direct: DirectState
  /** Counts the bytes that were written, those of them that the other side's session layer acknowledged, and those received. */
  readonly stats: { bytesWritten: number; bytesAcknowledged: number; bytesRead: number; pathChanges: number }
}
