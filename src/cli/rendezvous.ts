import type { Command } from 'commander'
import { defaultRendezvous, defaultRendezvousProtocol } from '../core/limits.js'
import { programName } from './program-name.js'

interface RendezvousCommandOptions {
  listen?: string[]
  rendezvous: string
  peer?: string[]
  pid: string
  identityKey?: string
  hangUp?: boolean
  verbose?: boolean
}

const collect = (value: string, all: string[] = []) => [...all, value]

/** Adds `chat-p2p rendezvous`: go-libp2p's chat-with-rendezvous, with its names, defaults and meanings. */
export function addRendezvousCommand(program: Command): void {
  program
    .command('rendezvous')
    .option('--listen <multiaddr>', 'listen here (repeatable); default: every interface, any port', collect)
    .option('--rendezvous <string>', 'meet those who give the same string', defaultRendezvous)
    .option(
      '--peer <multiaddr>',
      'bootstrap peer, ending in /p2p/<peer id> (repeatable); default: those of the public libp2p DHT',
      collect,
    )
    .option('--pid <protocol>', 'protocol id of the chat streams', defaultRendezvousProtocol)
    .option('--identity-key <file>', 'keep the peer id: the private key is read from this file, or written to it')
    .option('--hang-up', "on leaving, end every connection at once; go's program crashes then")
    .option('-v, --verbose', 'also log every attempt to reach a peer')
    .addHelpText('after', "\nThe long options may also be written with one dash, as go's flags are.")
    .action(async (options: RendezvousCommandOptions) => {
      const { runRendezvous } = await import('../apps/rendezvous/program.js')
      await runRendezvous({
        listen: options.listen,
        rendezvous: options.rendezvous,
        peers: options.peer,
        protocol: options.pid,
        identityKey: options.identityKey,
        hangUp: options.hangUp === true,
        verbose: options.verbose === true,
        command: programName(),
        input: process.stdin,
        output: process.stdout,
        log: process.stderr,
      })
    })
}

/** Names the options of `rendezvous` and says whether a value follows. */
const flags: Readonly<Record<string, boolean>> = {
  listen: true,
  rendezvous: true,
  peer: true,
  pid: true,
  'identity-key': true,
  'hang-up': false,
  verbose: false,
  help: false,
}

/**
 * Turns go's command line into ours: `-listen x` and `-listen=x` become `--listen …`, for every long option of `rendezvous`. Values
 * are left as they are, and so is any other command's line. `args` begin with the command.
 */
export function fromGoFlags(args: readonly string[]): string[] {
  if (args[0] !== 'rendezvous') return [...args]
  const result: string[] = []
  let valueFollows = false
  for (const [index, arg] of args.entries()) {
    if (valueFollows) {
      result.push(arg)
      valueFollows = false
      continue
    }
    if (arg === '--') return [...result, ...args.slice(index)]
    const { dashes, name, value } = /^(?<dashes>--?)(?<name>[^=]+)(?<value>=.*)?$/s.exec(arg)?.groups ?? {}
    const takesValue = name !== undefined && Object.hasOwn(flags, name) ? flags[name] : undefined
    result.push(dashes === '-' && takesValue !== undefined ? `-${arg}` : arg)
    valueFollows = takesValue === true && value === undefined
  }
  return result
}
