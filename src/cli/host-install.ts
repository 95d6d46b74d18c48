import path from 'node:path'
import type { Command } from 'commander'
import { type Endpoint, formatEndpoint } from '../apps/forward/endpoint.js'
import { inspectIdentity } from '../identity/identity-file.js'
import { identityToInstall, installUnit, uninstallUnit } from './install.js'
import type { InstallFlags } from './install-flags.js'
import { unitName } from './unit-file.js'

export interface HostInstallFlags extends InstallFlags {
  instance?: string
}

/** Carries out `host … --install`. */
export async function installHost(
  service: string,
  target: Endpoint,
  flags: HostInstallFlags,
  command: Command,
): Promise<void> {
  const identity = await identityToInstall(flags.identity, 'user')
  const instanceId = flags.instance ?? identity.name
  const socket = 'path' in target ? path.resolve(target.path) : undefined
  await installUnit(
    {
      by: 'host',
      name: unitName(service, instanceId),
      description: `chat-p2p host ${instanceId} for ${service}`,
      words: ['host', service],
      files: [],
      ...(socket === undefined
        ? { absolute: {} }
        : { paths: [socket], absolute: { to: formatEndpoint({ path: socket }) } }),
    },
    identity,
    flags,
    command,
  )
}

/** Carries out `host … --uninstall`. */
export async function uninstallHost(service: string, flags: HostInstallFlags): Promise<void> {
  const instanceId = flags.instance ?? (await inspectIdentity(flags.identity)).name
  uninstallUnit({ by: 'host', name: unitName(service, instanceId) }, flags)
}
