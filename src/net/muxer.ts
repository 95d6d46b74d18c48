import { type YamuxMuxerInit, yamux } from '@libp2p/yamux'
import { type FlowMuxer, type FlowStream, followHearing, mendFlow } from './flow.js'
import { type GuardedMuxer, type GuardedStream, guardFrames, StreamGuards } from './guard/guarded.js'
import { SendingTurns } from './sending-turns.js'

interface Muxer extends GuardedMuxer, FlowMuxer {
  streams: Array<GuardedStream & FlowStream>
  send(data: Uint8Array): boolean
}

/**
 * Makes yamux as our nodes need it: guarded against hostile frames and messages, with flow control that holds, and safe against a
 * connection that breaks in the moment a stream is opened on it.
 */
export function safeYamux(
  init: YamuxMuxerInit & { streamOptions: { maxStreamWindowSize: number } },
): (components: { registrar: { getProtocols(): string[] } }) => ReturnType<ReturnType<typeof yamux>> {
  const create = yamux(init)
  return (components) => {
    const factory = create()
    const createStreamMuxer = factory.createStreamMuxer.bind(factory)
    factory.createStreamMuxer = (connection) => {
      const created = createStreamMuxer(connection)
      const muxer = created as unknown as Muxer
      dropWhatCantBeSent(muxer, connection)
      guardFrames(muxer, init.streamOptions.maxStreamWindowSize)
      const hearing = followHearing(muxer)
      const turns = new SendingTurns<FlowStream>(muxer)
      const guards = new StreamGuards(components.registrar)
      // Both ways in which streams come into being put them there before anything else happens to them.
      const push = muxer.streams.push.bind(muxer.streams)
      muxer.streams.push = (...streams) => {
        for (const stream of streams) {
          guards.guard(stream)
          mendFlow(stream, turns, hearing)
        }
        return push(...streams)
      }
      return created
    }
    return factory
  }
}

/**
 * Drops what can't be sent any more. yamux announces new streams in a microtask of its own, where an error of the broken connection
 * reaches nobody and ends the process (@libp2p/yamux 8.0.3; https://github.com/libp2p/js-libp2p/issues/3415 and #3512 are of the
 * same kind). Dropping loses nothing: the end of the connection follows and ends its streams.
 */
function dropWhatCantBeSent(muxer: { send(data: Uint8Array): boolean }, connection: { status: string }): void {
  const send = muxer.send.bind(muxer)
  muxer.send = (data) => {
    try {
      return send(data)
    } catch (error) {
      if (connection.status === 'open') throw error
      return false
    }
  }
}
