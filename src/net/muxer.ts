import { type YamuxMuxerInit, yamux } from '@libp2p/yamux'

/**
 * yamux, safe against a connection that breaks in the moment a stream is opened on it. It announces new streams in a
 * microtask of its own, where an error of the broken connection reaches nobody and ends the process (@libp2p/yamux 8.0.3;
 * https://github.com/libp2p/js-libp2p/issues/3415 and #3512 are of the same kind). What can't be sent any more is dropped
 * instead: the end of the connection follows and ends its streams.
 */
export function safeYamux(init?: YamuxMuxerInit): ReturnType<typeof yamux> {
  const create = yamux(init)
  return () => {
    const factory = create()
    const createStreamMuxer = factory.createStreamMuxer.bind(factory)
    factory.createStreamMuxer = (connection) => {
      const muxer = createStreamMuxer(connection)
      const send = muxer.send.bind(muxer)
      muxer.send = (data) => {
        try {
          return send(data)
        } catch (error) {
          if (connection.status === 'open') throw error
          return false
        }
      }
      return muxer
    }
    return factory
  }
}
