import { defineConfig } from 'vitest/config'

const shared = { setupFiles: ['test/setup.ts'], pool: 'forks' as const }

export default defineConfig({
  test: {
    reporters: ['default', './test/count-reporter.ts'],
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Real processes and sockets: one file at a time, so that two cores are enough.
        test: {
          ...shared,
          name: 'e2e',
          include: ['test/{e2e,interop,harness}/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
