import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { hiddenFromUnit, unitName, unitText } from '../../../src/cli/unit-file.js'
import { temporaryFolder } from '../../support/cli.js'

const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0

const plan = {
  by: 'host',
  description: 'd',
  command: ['/n', 'host', 'ssh'],
  folder: '/v/i',
  paths: ['/n'],
  system: true,
}

test('a word with a space, a quote, a percent sign or a dollar is one word for systemd, and means itself', () => {
  const text = unitText({ ...plan, command: ['/n', 'a b', 'c"d\\', '100%', '$HOME', "it's", 'unix:/run/x'] })
  expect(text).toContain(`ExecStart=/n "a b" "c\\"d\\\\" 100%% $$HOME "it's" unix:/run/x\n`)
})

test('a unit of the machine runs as the owner of the identity, shut in; one of a person as that person', () => {
  expect(unitText({ ...plan, uid: 1001 })).toMatch(
    /User=1001\n(.*\n)*ReadWritePaths=\/v\/i\n(.*\n)*WantedBy=multi-user/,
  )
  expect(unitText({ ...plan, system: false, uid: 1001 })).not.toMatch(/User=|Protect|multi-user/)
})

test('the name of a unit can be no path', () => {
  expect(unitName('ssh', 'server1')).toBe('chat-p2p-ssh-server1.service')
  expect(unitName('ssh', '../a b@ü')).toBe('chat-p2p-ssh-..\\x2fa\\x20b\\x40\\xc3\\xbc.service')
})

test('a unit may listen below 1024 when it is to, and have no other right', () => {
  expect(unitText(plan)).toMatch(/^CapabilityBoundingSet=$/m)
  expect(unitText(plan)).not.toContain('AmbientCapabilities')
  const low = unitText({ ...plan, by: 'relay', lowPort: true, uid: 1001 })
  expect(low).toMatch(/^CapabilityBoundingSet=CAP_NET_BIND_SERVICE\nAmbientCapabilities=CAP_NET_BIND_SERVICE$/m)
  expect(unitText({ ...plan, system: false, lowPort: true })).not.toContain('CAP_')
})

test('the homes of people are shut off, unless something that it needs is there', () => {
  expect(unitText(plan)).toMatch(/^ProtectHome=yes$/m)
  for (const needed of ['/root/.nvm/bin/node', '/home/ann/key.pem', '/run/user/7/socket']) {
    expect(unitText({ ...plan, paths: ['/n', needed] })).not.toContain('ProtectHome')
  }
  expect(unitText({ ...plan, folder: '/home/ann/identities' })).not.toContain('ProtectHome')
})

test('what lies in a folder for temporary files is not found by a unit that has one of its own', () => {
  expect(hiddenFromUnit(['/n', '/tmpfs/a', '/srv/tmp/b', '/var/lib/c'])).toBe(undefined)
  expect(hiddenFromUnit(['/n', '/tmp/a'])).toBe('/tmp/a')
  expect(hiddenFromUnit(['/n', '/var/tmp/a'])).toBe('/var/tmp/a')
})

test.skipIf(!hasAnalyze)('systemd has nothing to say against any of the units', () => {
  const place = temporaryFolder()
  try {
    for (const [name, kind] of Object.entries({
      machine: {},
      low: { lowPort: true, uid: 1001 },
      person: { system: false },
    })) {
      const file = path.join(place.dir, `chat-p2p-${name}.service`)
      const command = [process.execPath, 'host', 'a b', '100%']
      writeFileSync(file, unitText({ ...plan, command, folder: place.dir, ...kind }))
      const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' })
      expect(stderr.split('\n').filter((line) => line.includes('chat-p2p-'))).toEqual([])
    }
  } finally {
    place.remove()
  }
})
