/** Describes a systemd unit that runs one command line of this program for ever. */
export interface UnitPlan {
  description: string
  /** The whole command line, program first. */
  command: readonly string[]
  /** The folder it may write to: the one of its identity. */
  folder: string
  /** Says that the unit is the machine's; otherwise it is one person's, whose units can't be sandboxed. */
  system: boolean
  /** With `system`: the user id of its process; undefined for root. */
  uid?: number
}

/** Returns the text of the unit. Pure. */
export function unitText({ description, command, folder, system, uid }: UnitPlan): string {
  const lines = [
    '# Written by `chat-p2p host --install`; `--uninstall` takes it away.',
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
    ...(system
      ? [
          'CapabilityBoundingSet=',
          'ProtectSystem=strict',
          `ReadWritePaths=${unitWord(folder)}`,
          'PrivateTmp=yes',
          'PrivateDevices=yes',
          'ProtectControlGroups=yes',
          'ProtectKernelModules=yes',
          'ProtectKernelTunables=yes',
          'RestrictSUIDSGID=yes',
          'LockPersonality=yes',
        ]
      : []),
    '',
    '[Install]',
    `WantedBy=${system ? 'multi-user.target' : 'default.target'}`,
  ]
  return `${lines.join('\n')}\n`
}

/** Returns a name like `chat-p2p-ssh-server1.service`; what a unit's name can't have is written as systemd-escape does. */
export function unitName(service: string, instanceId: string): string {
  const escaped = [...Buffer.from(`${service}-${instanceId}`)].map((byte) => {
    const character = String.fromCharCode(byte)
    return /[\w:.-]/.test(character) ? character : `\\x${byte.toString(16).padStart(2, '0')}`
  })
  return `chat-p2p-${escaped.join('')}.service`
}

const specifiersOff = (text: string) => text.replaceAll('%', '%%')

/** Returns a word of a command line as systemd reads it: no variable, no specifier, no second word. */
function unitWord(word: string): string {
  const plain = specifiersOff(word).replaceAll('$', '$$$$')
  return /^[\w@%+=:,./$-]+$/.test(plain) ? plain : `"${plain.replace(/[\\"]/g, '\\$&')}"`
}
