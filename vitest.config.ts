import { defineConfig } from 'vitest/config'

const shared = { setupFiles: ['test/setup.ts'], pool: 'forks' as const }

const alone = ['test/e2e/install.test.ts']

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
        // Real processes and sockets. They wait more than they work, so a few files run side by side.
        test: {
          ...shared,
          name: 'e2e',
          include: ['test/{e2e,interop}/**/*.test.ts'],
          exclude: alone,
          testTimeout: 180_000,
          hookTimeout: 120_000,
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // Small runs of the failover harness, the attacks and the benchmarks, as they measure; and the packing, which changes
        // package.json while it lasts: one after the other.
        test: {
          ...shared,
          name: 'alone',
          include: ['test/{harness,hostile,bench}/**/*.test.ts', ...alone],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})
