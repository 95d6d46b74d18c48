/**
 * What once failed, by target: seed and path as the runner prints them. They are run first, for ever.
 */
export const seeds: Readonly<Record<string, ReadonlyArray<{ seed: number; path: string }>>> = {}
