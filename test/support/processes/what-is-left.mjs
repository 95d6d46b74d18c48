/** What keeps the process, once handles that are closing have had some turns to be gone. */
export async function whatIsLeft() {
  const until = performance.now() + 200
  for (;;) {
    const left = process.getActiveResourcesInfo().filter((resource) => !/^(Pipe|TTY|File|Immediate)/.test(resource))
    if (left.length === 0 || performance.now() > until) return left
    await new Promise((resolve) => setImmediate(resolve))
  }
}
