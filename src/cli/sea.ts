import path from 'node:path'

// The entry of the single executable. Node gives it its own path twice, and no file to start: where this program starts another
// process of its own it names the file that would do it elsewhere, and that name says here what to be.
const [first, ...rest] = process.argv.slice(2)
const role = first === undefined ? '' : path.basename(first)
if (role === 'peer-process.js' && process.send !== undefined) {
  process.argv = [process.execPath, first!, ...rest]
  void import('../apps/rendezvous/peer-process.js')
} else {
  if (role === 'bin.js') process.argv = [process.execPath, process.execPath, ...rest]
  void import('./bin.js')
}
