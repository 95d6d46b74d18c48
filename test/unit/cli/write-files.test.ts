import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { backupName, type FileSystem, type PlannedFile, writeFilesTogether } from '../../../src/cli/write-files.js'
import { isOverlayError } from '../../../src/core/errors.js'

let folder: string
const at = (file: string) => path.join(folder, file)
const files: PlannedFile[] = [
  { file: 'identities/a.json', content: 'new a', mode: 0o600 },
  { file: 'identities/b.json', content: 'new b', mode: 0o600 },
  { file: 'setup/c.json', content: 'new c', mode: 0o644 },
]

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'chat-p2p-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

/** Every file with its content and mode, and every folder. */
function tree(): Record<string, string> {
  const found: Record<string, string> = {}
  for (const entry of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const info = fs.lstatSync(at(entry))
    const mode = (info.mode & 0o777).toString(8)
    found[entry] = info.isDirectory() ? 'folder' : `${mode} ${fs.readFileSync(at(entry), 'utf8')}`
  }
  return found
}

function put(file: string, content: string): void {
  fs.mkdirSync(path.dirname(at(file)), { recursive: true })
  fs.writeFileSync(at(file), content)
}

/** The real file system, in which the call of this number fails. */
function failing(atCall: number): { io: FileSystem; calls: () => number } {
  let calls = 0
  const names = [
    'linkSync',
    'lstatSync',
    'mkdirSync',
    'mkdtempSync',
    'renameSync',
    'rmSync',
    'rmdirSync',
    'writeFileSync',
  ]
  const io = Object.fromEntries(
    names.map((name) => [
      name,
      (...args: unknown[]) => {
        // Only once: the disk that refused one call is there for the clean-up.
        if (++calls === atCall) throw Object.assign(new Error(`no ${name}`), { code: 'ENOSPC' })
        return (fs as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!(...args)
      },
    ]),
  )
  return { io: io as unknown as FileSystem, calls: () => calls }
}

test('all files are there with their modes, and nothing else', () => {
  expect(writeFilesTogether(folder, files)).toBeUndefined()
  expect(tree()).toEqual({
    identities: 'folder',
    'identities/a.json': '600 new a',
    'identities/b.json': '600 new b',
    setup: 'folder',
    'setup/c.json': '644 new c',
  })
  expect(fs.statSync(at('identities')).mode & 0o777).toBe(0o700)
})

test('a folder that is not there yet is made', () => {
  writeFilesTogether(at('x/y'), files)
  expect(fs.readFileSync(at('x/y/setup/c.json'), 'utf8')).toBe('new c')
})

test('existing files are named and nothing is written', () => {
  put('identities/b.json', 'old b')
  put('setup/c.json', 'old c')
  const before = tree()
  try {
    writeFilesTogether(folder, files)
    expect.unreachable()
  } catch (error) {
    if (!isOverlayError(error, 'file_exists')) throw error
    expect(error.message).toContain('identities/b.json, setup/c.json exist already')
    expect(error.message).not.toContain('a.json')
  }
  expect(tree()).toEqual(before)
})

test('a link that leads nowhere counts as existing', () => {
  fs.mkdirSync(at('identities'))
  fs.symlinkSync(at('elsewhere'), at('identities/a.json'))
  expect(() => writeFilesTogether(folder, files)).toThrow('exists already')
  expect(fs.existsSync(at('elsewhere'))).toBe(false)
})

test('with a backup, what is replaced moves there and the rest stays', () => {
  put('identities/a.json', 'old a')
  put('identities/other.json', 'other')
  put('identities/.state/a', 'memory')
  const backup = at('identities/backup')
  expect(writeFilesTogether(folder, files, { backup, alsoMoved: ['identities/.state'] })).toBe(backup)
  expect(tree()).toMatchObject({
    'identities/a.json': '600 new a',
    'identities/b.json': '600 new b',
    'identities/other.json': '644 other',
    'identities/backup/identities/a.json': '644 old a',
    'identities/backup/identities/.state/a': '644 memory',
  })
  expect(fs.existsSync(at('identities/.state'))).toBe(false)
  expect(fs.statSync(backup).mode & 0o777).toBe(0o700)
})

test('a backup folder is made only when something goes there', () => {
  expect(writeFilesTogether(folder, files, { backup: at('identities/backup') })).toBeUndefined()
  expect(fs.existsSync(at('identities/backup'))).toBe(false)
})

test.each(['fresh', 'over old files', 'over old files with a backup'])(
  'whichever call fails, all is as it was before: %s',
  (kind) => {
    const options = kind.endsWith('backup')
      ? { backup: at('identities/backup'), alsoMoved: ['identities/.state'] }
      : undefined
    const prepare = () => {
      fs.rmSync(folder, { recursive: true, force: true })
      fs.mkdirSync(folder)
      if (kind === 'fresh') return
      put('identities/README.md', 'read me')
      put('setup/setup.md', 'steps')
      if (options === undefined) return
      for (const { file } of files) put(file, `old ${file}`)
      put('identities/.state/a', 'memory')
    }
    prepare()
    const counting = failing(0)
    writeFilesTogether(folder, files, { ...options, fileSystem: counting.io })
    // The last call takes the temporary folder away: everything is in place by then, so it may fail.
    const total = counting.calls()
    expect(total).toBeGreaterThan(10)
    for (let call = 1; call < total; call++) {
      prepare()
      const before = tree()
      try {
        writeFilesTogether(folder, files, { ...options, fileSystem: failing(call).io })
        expect.unreachable(`call ${call} did not fail`)
      } catch (error) {
        if (!isOverlayError(error, 'file_unreadable')) throw error
        expect(error.message, `call ${call}`).toContain('nothing was changed')
      }
      expect(tree(), `call ${call}`).toEqual(before)
    }
  },
)

test('the temporary folder names the process, so that the next one knows whose it was', () => {
  const made: string[] = []
  const io = {
    ...fs,
    mkdtempSync: (prefix: string) => {
      made.push(prefix)
      return fs.mkdtempSync(prefix)
    },
  } as unknown as FileSystem
  writeFilesTogether(folder, files, { fileSystem: io })
  expect(made).toEqual([at(`identities/.setup-${process.pid}-`)])
})

test('what a process that was killed in the middle has left goes, and what one that runs is writing stays', () => {
  put('identities/.setup-4999999-abc123/0', 'a private key') // no process has this number
  put(`identities/.setup-${process.ppid}-abc123/0`, 'theirs')
  put('identities/.setup-notes', "a person's")
  writeFilesTogether(folder, files)
  expect(fs.readdirSync(at('identities')).sort()).toEqual([
    `.setup-${process.ppid}-abc123`,
    '.setup-notes',
    'a.json',
    'b.json',
  ])
})

test('somebody who writes one of the files in between keeps it, and the rest is undone', () => {
  const io = {
    ...fs,
    linkSync: (from: string, to: string) => {
      if (to.endsWith('b.json')) fs.writeFileSync(to, 'theirs')
      fs.linkSync(from, to)
    },
  } as FileSystem
  expect(() => writeFilesTogether(folder, files, { fileSystem: io })).toThrow(/EEXIST/)
  expect(tree()).toEqual({ identities: 'folder', 'identities/b.json': '644 theirs' })
})

test('a disk without hard links will do', () => {
  const io = {
    ...fs,
    linkSync: () => {
      throw Object.assign(new Error('not supported'), { code: 'EPERM' })
    },
  } as FileSystem
  writeFilesTogether(folder, files, { fileSystem: io })
  expect(Object.keys(tree())).toEqual(['identities', 'identities/a.json', 'identities/b.json', 'setup', 'setup/c.json'])
})

test('names of backups sort by time and differ', () => {
  const [first, second] = [backupName(0), backupName(1)]
  expect(first).toMatch(/^backup-1970-01-01T00-00-00-000Z-[0-9a-f]{4}$/)
  expect(first < second).toBe(true)
})

test.skipIf(!fs.existsSync('/proc/self'))('a folder where none can be made is an error, not an endless attempt', () => {
  expect(() => writeFilesTogether('/proc/chat-p2p/deeper', files)).toThrow(
    /Could not write to \/proc\/chat-p2p\/deeper/,
  )
})
