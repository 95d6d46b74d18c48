/** Describes a systemd unit that runs one command line of this program for ever. */
export interface UnitPlan {
  /** The command that writes it: `host` or `relay`. */
  by: string
  description: string
  /** The whole command line, program first. */
  command: readonly string[]
  /** The folder it may write to: the one of its identity. */
  folder: string
  /** What it has to find on the disk, its program included. */
  paths: readonly string[]
  /** Says that it listens on a port below 1024. */
  lowPort?: boolean
  /** Says that the unit is the machine's; otherwise it is one person's, whose units can't be sandboxed. */
  system: boolean
  /** With `system`: the user id of its process; undefined for root. */
  uid?: number
}

/** Returns the text of the unit. Pure. */
export function unitText(plan: UnitPlan): string {
  const { by, description, command, system, uid } = plan
  const lines = [
    firstLine(by),
    '[Unit]',
    `Description=${specifiersOff(description)}`,
    ...(system ? ['Wants=network-online.target', 'After=network-online.target'] : []),
    '',
    '[Service]',
    ...(system && uid !== undefined ? [`User=${uid}`] : []),
    `ExecStart=${command.map(unitWord).join(' ')}`,
    'Restart=always',
    'RestartSec=10',
    '# What was typed wrong does not get better by itself.',
    'RestartPreventExitStatus=2',
    'NoNewPrivileges=yes',
    'UMask=0077',
    ...(system ? shutIn(plan) : []),
    '',
    '[Install]',
    `WantedBy=${system ? 'multi-user.target' : 'default.target'}`,
  ]
  return `${lines.join('\n')}\n`
}

/** The line that tells a unit of ours from one that somebody wrote by hand. */
export function firstLine(by: string): string {
  return `# Written by \`chat-p2p ${by} --install\`; \`--uninstall\` takes it away.`
}

/** Returns the first of the paths that a unit of the machine would not find, as its /tmp is its own; undefined when there is none. */
export function hiddenFromUnit(paths: readonly string[]): string | undefined {
  return paths.find((each) => isBelow(each, ['/tmp', '/var/tmp']))
}

/** Returns a name like `chat-p2p-ssh-server1.service`; what a unit's name can't have is written as systemd-escape does. */
export function unitName(service: string, instanceId: string): string {
  const escaped = [...Buffer.from(`${service}-${instanceId}`)].map((byte) => {
    const character = String.fromCharCode(byte)
    return /[\w:.-]/.test(character) ? character : `\\x${byte.toString(16).padStart(2, '0')}`
  })
  return `chat-p2p-${escaped.join('')}.service`
}

/** What a unit of the machine is kept from. V8 writes code while it runs, so that MemoryDenyWriteExecute is not among it. */
function shutIn({ folder, paths, lowPort }: UnitPlan): string[] {
  const capability = lowPort ? 'CAP_NET_BIND_SERVICE' : ''
  const usesHomes = [folder, ...paths].some((each) => isBelow(each, ['/home', '/root', '/run/user']))
  return [
    '# Each link takes a file descriptor, and each session that is carried two.',
    'LimitNOFILE=524288',
    `CapabilityBoundingSet=${capability}`,
    ...(lowPort ? [`AmbientCapabilities=${capability}`] : []),
    'ProtectSystem=strict',
    `ReadWritePaths=${unitWord(folder)}`,
    ...(usesHomes ? [] : ['ProtectHome=yes']),
    'PrivateTmp=yes',
    'PrivateDevices=yes',
    'ProtectClock=yes',
    'ProtectControlGroups=yes',
    'ProtectKernelLogs=yes',
    'ProtectKernelModules=yes',
    'ProtectKernelTunables=yes',
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
    'RestrictNamespaces=yes',
    'RestrictRealtime=yes',
    'RestrictSUIDSGID=yes',
    'LockPersonality=yes',
    'SystemCallArchitectures=native',
  ]
}

const isBelow = (path: string, folders: readonly string[]) =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`))

const specifiersOff = (text: string) => text.replaceAll('%', '%%')

/** Returns a word of a command line as systemd reads it: no variable, no specifier, no second word. */
function unitWord(word: string): string {
  const plain = specifiersOff(word).replaceAll('$', '$$$$')
  return /^[\w@%+=:,./$-]+$/.test(plain) ? plain : `"${plain.replace(/[\\"]/g, '\\$&')}"`
}
