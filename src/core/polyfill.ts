// libp2p 3 calls Promise.withResolvers, which Node 20 lacks. First import of every entry point. Can go with Node 20.
import 'core-js/actual/promise/with-resolvers.js'
