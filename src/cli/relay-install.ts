import { realpathSync } from 'node:fs'
import path from 'node:path'
import type { Command } from 'commander'
import { inspectIdentity, type ShownIdentity } from '../identity/identity-file.js'
import { readRenewalKey } from '../identity/renewal-key.js'
import { parseQuotas } from '../net/quotas.js'
import { TlsFiles, type TlsPaths } from '../net/tls-files.js'
import { relayAddresses } from '../relay/listen-address.js'
import { parseMetricsAddress } from '../relay/metrics.js'
import { trustedProxies } from '../relay/trusted-proxies.js'
import { identityToInstall, installUnit, uninstallUnit } from './install.js'
import type { InstallFlags } from './install-flags.js'
import { unitName } from './unit-file.js'

export interface RelayInstallFlags extends InstallFlags {
  listen?: string[]
  announce?: string[]
  metrics?: string
  renewalKey?: string
  tlsCert?: string
  tlsKey?: string
  trustProxy?: string[]
  quota?: string[]
}

const nameOf = ({ name }: ShownIdentity) => ({ by: 'relay', name: unitName('relay', name) })

/** Carries out `relay … --install`. */
export async function installRelay(
  flags: RelayInstallFlags,
  tls: TlsPaths | undefined,
  command: Command,
): Promise<void> {
  const identity = await identityToInstall(flags.identity, 'relay')
  const { renewalKey } = flags
  // What is wrong with the command line is said now, not in a journal.
  const { listen } = relayAddresses(identity, flags, tls !== undefined)
  trustedProxies(flags.trustProxy ?? [])
  parseQuotas(flags.quota ?? [])
  if (tls !== undefined) await TlsFiles.load(tls)
  if (renewalKey !== undefined) await readRenewalKey(renewalKey, identity.certificate!.networkId)
  const metrics = flags.metrics === undefined ? [] : [parseMetricsAddress(flags.metrics).port]
  const absolute: Record<string, string> = {}
  for (const name of ['tlsCert', 'tlsKey', 'renewalKey'] as const) {
    // Links are left as they are: the files of a renewed certificate are reached through them.
    if (flags[name] !== undefined) absolute[name] = path.resolve(flags[name])
  }
  const lowPort = [...listen.map(portOf), ...metrics].filter((port) => port > 0 && port < 1024).sort((a, b) => a - b)[0]
  await installUnit(
    {
      ...nameOf(identity),
      description: `chat-p2p relay ${identity.name}`,
      words: ['relay'],
      files: Object.values(absolute),
      paths: Object.values(absolute).map((file) => realpathSync(file)),
      absolute,
      ...(lowPort === undefined ? {} : { lowPort }),
    },
    identity,
    flags,
    command,
  )
}

/** Carries out `relay … --uninstall`. */
export async function uninstallRelay(flags: RelayInstallFlags): Promise<void> {
  uninstallUnit(nameOf(await inspectIdentity(flags.identity, { expectKind: 'relay' })), flags)
}

const portOf = (address: string) => Number(/\/tcp\/(\d+)/.exec(address)?.[1] ?? 0)
