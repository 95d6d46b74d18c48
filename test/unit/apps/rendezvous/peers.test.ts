import { describe, expect, test } from 'vitest'
import { Peers } from '../../../../src/apps/rendezvous/peers.js'

const stream = (peerId: string, name: string) => ({ peerId, name })
const names = (streams: Array<{ name: string }>) => streams.map(({ name }) => name)

describe('each line goes to each peer once', () => {
  test('of two streams that were opened at the same moment the older one is spoken on', () => {
    const peers = new Peers<ReturnType<typeof stream>>()
    expect(peers.add(stream('a', 'ours'))).toBe(true)
    expect(peers.add(stream('a', 'theirs'))).toBe(false)
    expect(peers.add(stream('b', 'other'))).toBe(true)
    expect(names(peers.voices())).toEqual(['ours', 'other'])
    expect(names(peers.all())).toEqual(['ours', 'theirs', 'other'])
    expect(peers.ids()).toEqual(['a', 'b'])
  })

  test('when that one ends, the other takes over and nobody has left', () => {
    const peers = new Peers<ReturnType<typeof stream>>()
    const [ours, theirs] = [stream('a', 'ours'), stream('a', 'theirs')]
    peers.add(ours)
    peers.add(theirs)
    expect(peers.remove(ours)).toBe(false)
    expect(names(peers.voices())).toEqual(['theirs'])
    expect(peers.has('a')).toBe(true)
    expect(peers.remove(theirs)).toBe(true)
    expect(peers.has('a')).toBe(false)
    expect(peers.voices()).toEqual([])
  })

  test('a stream ends once', () => {
    const peers = new Peers<ReturnType<typeof stream>>()
    const only = stream('a', 'only')
    peers.add(only)
    expect(peers.remove(only)).toBe(true)
    expect(peers.remove(only)).toBe(false)
    expect(peers.remove(stream('b', 'never seen'))).toBe(false)
  })

  test('who comes back is new', () => {
    const peers = new Peers<ReturnType<typeof stream>>()
    const first = stream('a', 'first')
    peers.add(first)
    peers.remove(first)
    expect(peers.add(stream('a', 'second'))).toBe(true)
  })
})
