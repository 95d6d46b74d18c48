import type { Command } from 'commander'

/** Adds a command to the program; `whole` makes a program with every command in full. */
type Add = (program: Command, whole: () => Promise<Command>) => void

/** Describes a command as `--help` shows it; its code is loaded when it is typed, as some of it needs libp2p. */
export interface KnownCommand {
  name: string
  description: string
  load: () => Promise<Add>
}

/** Lists every command but the chat, which is what happens without one; in the order of `--help`. */
export const knownCommands: readonly KnownCommand[] = [
  {
    name: 'quickstart',
    description: 'make a network here if there is none, start it, and chat',
    load: async () => (await import('./quickstart.js')).addQuickstartCommand,
  },
  {
    name: 'demo',
    description: 'show a whole conversation, a killed relay included, with real processes',
    load: async () => (await import('./demo.js')).addDemoCommand,
  },
  {
    name: 'setup',
    description: 'make a network: its authority, users, relays and the service; all or nothing, never overwriting',
    load: async () => (await import('./setup.js')).addSetupCommand,
  },
  {
    name: 'relay',
    description: 'run a relay: circuit relay, private DHT and directory',
    load: async () => (await import('./relay.js')).addRelayCommand,
  },
  {
    name: 'list',
    description: 'list the instances of a service',
    load: async () => (await import('./list.js')).addListCommand,
  },
  {
    name: 'echo',
    description: 'chat as somebody who accepts every call and repeats what is said',
    load: async () => (await import('./echo.js')).addEchoCommand,
  },
  {
    name: 'identity',
    description: 'make, enrol, show and revoke identities',
    load: async () => (await import('./identity.js')).addIdentityCommand,
  },
  {
    name: 'invite',
    description: 'print one line with which somebody joins the network (needs the authority)',
    load: async () => (await import('./invite.js')).addInviteCommand,
  },
  {
    name: 'join',
    description: 'join a network with an invitation: makes a key here, which stays, and gets its certificate',
    load: async () => (await import('./join.js')).addJoinCommand,
  },
  {
    name: 'network',
    description: 'show and change what the authority says about the network',
    load: async () => (await import('./network.js')).addNetworkCommand,
  },
  {
    name: 'host',
    description: 'offer a TCP endpoint or a Unix socket as an instance of a service',
    load: async () => (await import('./host.js')).addHostCommand,
  },
  {
    name: 'forward',
    description: 'open a local port or Unix socket that leads to an instance of a service',
    load: async () => (await import('./forward.js')).addForwardCommand,
  },
  {
    name: 'stdio',
    description: "connect standard input and output to an instance of a service, for ssh's ProxyCommand",
    load: async () => (await import('./stdio.js')).addStdioCommand,
  },
  {
    name: 'rendezvous',
    description: "find peers through the DHT and chat; compatible with go-libp2p's chat-with-rendezvous",
    load: async () => (await import('./rendezvous.js')).addRendezvousCommand,
  },
  {
    name: 'why',
    description: 'say step by step why an instance can or cannot be reached; exit 1 when it cannot',
    load: async () => (await import('./why.js')).addWhyCommand,
  },
  {
    name: 'netcheck',
    description:
      'say what this network allows: relays, round trips, proxy, addresses, router, 443; exit 1 without relays',
    load: async () => (await import('./netcheck.js')).addNetcheckCommand,
  },
  {
    name: 'completion',
    description: 'print a script that completes commands, options and identities in a shell',
    load: async () => (await import('./completion.js')).addCompletionCommand,
  },
]
