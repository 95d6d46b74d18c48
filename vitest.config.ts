import { defineConfig } from 'vitest/config'

const shared = { setupFiles: ['test/setup.ts'], pool: 'forks' as const }

/** They wait more than they work, so a few files run at a time; and loading libp2p for each would be much of the work. */
const sideBySide = {
  isolate: false,
  testTimeout: 180_000,
  hookTimeout: 120_000,
  maxWorkers: 4,
  sequence: { groupOrder: 1 },
}

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
          maxWorkers: 2,
          testTimeout: 180_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Real libp2p nodes, sockets and short-lived processes, started by the test's own process.
        test: {
          ...shared,
          ...sideBySide,
          name: 'node',
          include: ['test/node/**/*.test.ts'],
        },
      },
      {
        // Real processes and sockets.
        test: {
          ...shared,
          ...sideBySide,
          name: 'e2e',
          include: ['test/{e2e,interop}/**/*.test.ts'],
        },
      },
      {
        // Small runs of the failover harness and of the attacks, which take both cores as it is.
        test: {
          ...shared,
          name: 'heavy',
          include: ['test/{harness,hostile,bench}/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
