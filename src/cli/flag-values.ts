/** `user1, user2` as typed by a person or given with `--users`. */
export function splitList(text: string): string[] {
  return text.trim() === '' ? [] : text.split(',').map((part) => part.trim())
}

/** `Number('')` is 0 and `Number('1e3')` is 1000; nobody means either. */
export function toNumber(text: string): number {
  return /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN
}

/** For options that may be given several times. */
export function collect(value: string, all: string[] = []): string[] {
  return [...all, value]
}
