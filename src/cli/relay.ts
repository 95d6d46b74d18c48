import type { Command } from 'commander'
import { errorText, OverlayError } from '../core/errors.js'
import { everySecond } from '../core/every-second.js'
import type { Identity } from '../identity/identity-file.js'
import type { RenewalKey } from '../identity/renewal-key.js'
import type { Relay } from '../relay/relay.js'
import { fileRoom } from './file-room.js'
import { collect } from './flag-values.js'
import { addInstallFlags, checkInstallFlags } from './install-flags.js'
import { createLog, type Log } from './log.js'
import { renewedLine } from './log-context.js'
import type { RelayInstallFlags } from './relay-install.js'
import { throwIfInterrupted, untilTold } from './until-told.js'

interface RelayCommandOptions extends RelayInstallFlags {
  verbose?: boolean
}

/** Adds `chat-p2p relay`: runs a relay until it is told to stop. */
export function addRelayCommand(program: Command): void {
  const command = program
    .command('relay')
    .requiredOption('-i, --identity <identity>', 'a relay identity: a path, or a name in ./identities')
    .option(
      '--listen <multiaddr>',
      'listen here (repeatable); default: the address in the network document, or its port on every interface',
      collect,
    )
    .option(
      '--announce <multiaddr>',
      'tell others this address (repeatable); default: the one in the network document, or where --listen says',
      collect,
    )
    .option(
      '--tls-cert <file>',
      'the certificate for /tls/ws addresses, in PEM with its chain; a renewed one is taken up',
    )
    .option('--tls-key <file>', 'its key')
    .option(
      '--trust-proxy <address>',
      'a TLS terminator in front of /ws, as IP address or range (repeatable): its X-Forwarded-For says who connects',
      collect,
    )
    .option('--metrics <host:port>', 'serve Prometheus metrics at http://<host:port>/metrics')
    .option(
      '--quota <name=n>',
      'what one member or address may take, for example requests=500; 0: no limit (repeatable); see docs/reference.md',
      collect,
    )
    .option(
      '--renewal-key <file>',
      'renew certificates that are about to end with this key; see `identity renewal-key`',
    )
    .option('-v, --verbose', 'also log relays that come and go, and refused connections')
  addInstallFlags(command).action((options: RelayCommandOptions) => runRelay(options, command))
}

async function runRelay(options: RelayCommandOptions, command: Command): Promise<void> {
  checkInstallFlags(options)
  const { listen, announce, tlsCert, tlsKey, trustProxy } = options
  const tls = tlsFiles(tlsCert, tlsKey)
  if (options.uninstall) return (await import('./relay-install.js')).uninstallRelay(options)
  if (options.install) return (await import('./relay-install.js')).installRelay(options, tls, command)
  const told = untilTold() // first of all: a signal may come before the relay is up
  // Loaded when needed: libp2p takes a moment, and `chat-p2p --help` should not wait for it.
  const [{ loadToRun }, { startRelay }, { parseQuotas }] = await Promise.all([
    import('./load-to-run.js'),
    import('../relay/relay.js'),
    import('../net/quotas.js'),
  ])
  const quotas = parseQuotas(options.quota ?? [])
  const identity = await loadToRun(options.identity, 'relay')
  const renewalKey = options.renewalKey && (await openRenewalKey(options.renewalKey, identity))
  const relay = await startRelay(identity, {
    listen,
    announce,
    quotas,
    tls,
    trustProxies: trustProxy,
    ...(renewalKey ? { renewalKey } : {}),
  })
  const log = createLog(identity.name)
  relay.on('bound', ({ record, identityName }) => {
    const as = record.instanceId === identityName ? identityName : `${identityName} as ${record.instanceId}`
    log('INFO', `${as} bound ${record.service}`)
  })
  relay.on('left', ({ record, identityName }, reason) => {
    const as = record.instanceId === identityName ? identityName : `${identityName} as ${record.instanceId}`
    log('INFO', `${as} left ${record.service}: ${reason}`)
  })
  relay.on('joined', (name, peerId, serial) => log('INFO', `${name} (${peerId}) joined with the invitation ${serial}`))
  relay.on('network', (revision) => log('INFO', `network document: revision ${revision}`))
  relay.on('renewed', (renewed) => log(renewed.inFile ? 'INFO' : 'WARNING', renewedLine(renewed)))
  relay.on('tls:renewed', () => log('INFO', `a renewed certificate is in ${tlsCert}, and shown from now on`))
  relay.on('warning', (error) => log('WARNING', errorText(error)))
  if (options.verbose) {
    relay.on('relay:up', (peer) => log('INFO', `connected to ${peer.name}`))
    relay.on('relay:down', (peer) =>
      log('WARNING', `${peer.name} is down: ${peer.error?.message ?? 'left the network'}`),
    )
    relay.on('refused', (peerId, error) => log('WARNING', `refused ${peerId}: ${error.message}`))
  }
  const metrics = options.metrics === undefined ? undefined : await startMetrics(relay, options.metrics)
  if (metrics !== undefined) log('INFO', `metrics at ${metrics.url}`)
  for (const address of relay.unannounced) log('INFO', `listening on ${address}`)
  const verb = relay.unannounced.length === 0 ? 'listening on' : 'others are told'
  for (const address of relay.addresses()) log('INFO', `${verb} ${address}`)
  for (const address of relay.elsewhere) {
    log(
      'WARNING',
      `nothing here listens at ${address}: say --tls-cert and --tls-key, or where a TLS terminator leads (--listen …/ws)`,
    )
  }
  if (renewalKey) await sayVoidKey(renewalKey, relay, log)
  log('INFO', `relay of network '${relay.trust.network.networkName}' is up, revision ${relay.trust.network.revision}`)
  const stopLooking = everySecond(fileRoom(log))
  process.send?.({ ready: true })

  const revoked = new Promise<OverlayError>((resolve) => relay.once('revoked', resolve))
  const reason = await Promise.race([told, revoked])
  stopLooking()
  log('INFO', `stopping (${reason instanceof OverlayError ? 'revoked' : reason})`)
  await Promise.all([metrics?.close(), relay.close()])
  if (reason instanceof OverlayError) throw reason
  throwIfInterrupted(reason)
}

async function openRenewalKey(file: string, { certificate }: Identity): Promise<RenewalKey> {
  const { readRenewalKey } = await import('../identity/renewal-key.js')
  return readRenewalKey(file, certificate!.networkId)
}

/** Says that the renewal key renews nothing, which the relay itself says only when it learns it later. */
async function sayVoidKey(key: RenewalKey, relay: Relay, log: Log): Promise<void> {
  const { whyNotRenewing } = await import('../identity/renewal-key.js')
  const why = whyNotRenewing(key, relay.trust.network, Date.now())
  if (why !== undefined) log('WARNING', why)
}

function tlsFiles(cert: string | undefined, key: string | undefined): { cert: string; key: string } | undefined {
  if (cert === undefined && key === undefined) return undefined
  if (cert !== undefined && key !== undefined) return { cert, key }
  throw new OverlayError('bad_argument', '--tls-cert and --tls-key belong together.')
}

async function startMetrics(relay: Relay, address: string) {
  const { createRelayMetrics, serveMetrics } = await import('../relay/metrics.js')
  try {
    return await serveMetrics(createRelayMetrics(relay), address)
  } catch (error) {
    await relay.close()
    throw error
  }
}
