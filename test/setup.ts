import '../src/core/polyfill.js'
