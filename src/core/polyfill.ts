// libp2p 3 calls Promise.withResolvers, which Node 20 lacks. First import of every entry point. Can go with Node 20.
Promise.withResolvers ??= function withResolvers<T>(this: PromiseConstructor): PromiseWithResolvers<T> {
  let settle: Pick<PromiseWithResolvers<T>, 'resolve' | 'reject'> | undefined
  // `this`, as the specification has it: a subclass makes promises of its own.
  const promise = new this<T>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { promise, ...settle! }
}

export {}
