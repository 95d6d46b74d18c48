/**
 * How much of a seeded or exhaustive test to run: all of it in `npm test`, a share of it in `npm run test:fast`, so that the fast loop
 * stays fast. A run that names its seed is not affected.
 */
export const thorough = process.env.TEST_BUDGET === 'thorough'

/** The number of rounds for this run; `fast` has to be enough for what the test asserts about the whole of them. */
export const rounds = (all: number, fast: number): number => (thorough ? all : fast)
