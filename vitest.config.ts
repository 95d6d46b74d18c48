import { defineConfig } from 'vitest/config'

const shared = { setupFiles: ['test/setup.ts'], pool: 'forks' as const }

export default defineConfig({
  test: {
    reporters: ['default', './test/count-reporter.ts'],
    projects: [
      {
        // No nodes, no sockets, no waiting: one process for many files, as loading libp2p for each would be most of the time.
        test: {
          ...shared,
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          isolate: false,
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Real libp2p nodes, sockets and short-lived processes, started by the test's own process.
        test: {
          ...shared,
          name: 'node',
          include: ['test/node/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Real processes and sockets: one file at a time, so that two cores are enough.
        test: {
          ...shared,
          name: 'e2e',
          include: ['test/{e2e,interop,harness,hostile}/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
