import { execFileSync } from 'node:child_process'
import type { Children } from './children.js'

/** The relays have the same port, each at its own address. */
const relayPort = 4001
const subnet = '10.77.0.0'

/** What of the network faults this machine can do; each missing one says why. */
export interface Abilities {
  namespaces: true | string
  loss: 'netem' | 'bpf' | string
  delay: 'netem' | string
}

/**
 * A network of its own for every process of a run: namespaces joined by a bridge in one more. Nothing of the machine's own
 * network is touched. Needs root and iproute2. The run's children take it away.
 */
export class Namespaces {
  readonly #children: Children

  readonly #prefix = `failover${process.pid}`
  readonly #hub = `${this.#prefix}-hub`
  readonly #indexes = new Map<string, number>()

  constructor(children: Children) {
    this.#children = children

    this.#makeNamespace(this.#hub)
    ip('-n', this.#hub, 'link', 'add', 'name', 'bridge', 'type', 'bridge')
    ip('-n', this.#hub, 'link', 'set', 'bridge', 'up')
  }

  /** Makes the namespace of one process; gives its name. */
  add(name: string): string {
    const index = this.#indexes.size + 1
    this.#indexes.set(name, index)
    const namespace = this.nameOf(name)
    this.#makeNamespace(namespace)
    ip(
      '-n',
      this.#hub,
      'link',
      'add',
      'name',
      `port${index}`,
      'type',
      'veth',
      'peer',
      'name',
      'eth0',
      'netns',
      namespace,
    )
    ip('-n', this.#hub, 'link', 'set', `port${index}`, 'master', 'bridge', 'up')
    ip('-n', namespace, 'address', 'add', `${this.#addressOf(name)}/24`, 'dev', 'eth0')
    ip('-n', namespace, 'link', 'set', 'eth0', 'up')
    ip('-n', namespace, 'link', 'set', 'lo', 'up')
    return namespace
  }

  nameOf(name: string): string {
    return `${this.#prefix}-${name}`
  }

  multiaddrOf(name: string): string {
    return `/ip4/${this.#addressOf(name)}/tcp/${relayPort}`
  }

  /** Pulls the cable; the returned function puts it back. */
  cut(name: string): () => void {
    ip('-n', this.#hub, 'link', 'set', `port${this.#indexes.get(name)}`, 'down')
    return () => ip('-n', this.#hub, 'link', 'set', `port${this.#indexes.get(name)}`, 'up')
  }

  /** Packets from one to the other vanish, those the other way arrive. */
  partition(from: string, to: string): () => void {
    const route = ['blackhole', `${this.#addressOf(to)}/32`]
    ip('-n', this.nameOf(from), 'route', 'add', ...route)
    return () => ip('-n', this.nameOf(from), 'route', 'delete', ...route)
  }

  /** Nothing that it sends arrives anywhere. */
  mute(name: string): () => void {
    const halves = [`${subnet}/25`, subnet.replace(/0$/, '128/25')]
    for (const half of halves) ip('-n', this.nameOf(name), 'route', 'add', 'blackhole', half)
    return () => {
      for (const half of halves) ip('-n', this.nameOf(name), 'route', 'delete', 'blackhole', half)
    }
  }

  /** Loses this part of the packets, each way. */
  loss(name: string, part: number, how: Abilities['loss']): () => void {
    const undo = [this.#lossOn(this.nameOf(name), 'eth0', part, how)]
    undo.push(this.#lossOn(this.#hub, `port${this.#indexes.get(name)}`, part, how))
    return () => {
      for (const run of undo) run()
    }
  }

  delay(name: string, ms: number): () => void {
    const device = ['-n', this.nameOf(name), 'qdisc']
    run('tc', ...device, 'add', 'dev', 'eth0', 'root', 'netem', 'delay', `${ms}ms`, `${Math.round(ms / 5)}ms`)
    return () => run('tc', ...device, 'delete', 'dev', 'eth0', 'root')
  }

  #lossOn(namespace: string, device: string, part: number, how: Abilities['loss']): () => void {
    if (how === 'netem') {
      run('tc', '-n', namespace, 'qdisc', 'add', 'dev', device, 'root', 'netem', 'loss', `${part * 100}%`)
      return () => run('tc', '-n', namespace, 'qdisc', 'delete', 'dev', device, 'root')
    }
    run('tc', '-n', namespace, 'qdisc', 'add', 'dev', device, 'clsact')
    run('tc', '-n', namespace, 'filter', 'add', 'dev', device, 'egress', ...randomDrop(part))
    return () => run('tc', '-n', namespace, 'qdisc', 'delete', 'dev', device, 'clsact')
  }

  #addressOf(name: string): string {
    return subnet.replace(/0$/, String(10 + this.#indexes.get(name)!))
  }

  #makeNamespace(namespace: string): void {
    this.#children.add({ namespace })
    ip('netns', 'add', namespace)
  }
}

/** A classic BPF program for kernels without netem: load a random number, drop the packet when it is small. */
function randomDrop(part: number): string[] {
  const randomNumber = 4_294_963_256 // SKF_AD_OFF + SKF_AD_RANDOM
  const [drop, next] = [2, 4_294_967_295] // TC_ACT_SHOT, TC_ACT_UNSPEC
  const threshold = Math.floor(part * 2 ** 32)
  const program = `4,32 0 0 ${randomNumber},53 0 1 ${threshold},6 0 0 ${next},6 0 0 ${drop}`
  return ['bpf', 'direct-action', 'bytecode', program]
}

/** Finds out by trying, in a namespace that is gone afterwards. */
export function findAbilities(): Abilities {
  const namespace = `failover${process.pid}-try`
  const missing = (why: string): Abilities => ({ namespaces: why, loss: why, delay: why })
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return missing('network namespaces need root on Linux')
  try {
    ip('netns', 'add', namespace)
  } catch {
    return missing('network namespaces need iproute2 and CAP_NET_ADMIN')
  }
  try {
    ip('-n', namespace, 'link', 'add', 'name', 'try1', 'type', 'veth', 'peer', 'name', 'try2')
    ip('-n', namespace, 'link', 'add', 'name', 'try3', 'type', 'bridge')
    const can = (...args: string[]) => works(() => run('tc', '-n', namespace, ...args))
    const netem = can('qdisc', 'add', 'dev', 'try1', 'root', 'netem', 'delay', '1ms')
    const bpf =
      can('qdisc', 'add', 'dev', 'try2', 'clsact') && can('filter', 'add', 'dev', 'try2', 'egress', ...randomDrop(0.5))
    const why = 'the kernel has no netem'
    return {
      namespaces: true,
      loss: netem ? 'netem' : bpf ? 'bpf' : `${why} and no BPF filter`,
      delay: netem ? 'netem' : why,
    }
  } catch {
    return missing('the kernel has no veth or bridge')
  } finally {
    ip('netns', 'delete', namespace)
  }
}

function works(attempt: () => void): boolean {
  try {
    attempt()
    return true
  } catch {
    return false
  }
}

const ip = (...args: string[]) => run('ip', ...args)

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
