/** Lets the works on one bucket happen one after the other; those on different buckets do not wait. */
export function createBucketLock() {
  const last = new Map<string, Promise<unknown>>();

  return {
    run<Result>(bucket: string, work: () => Promise<Result>): Promise<Result> {
      const before = last.get(bucket) ?? Promise.resolve();
      const mine = before.then(work, work);
      last.set(bucket, mine);
      const forget = (): void => {
        if (last.get(bucket) === mine) last.delete(bucket);
      };
      mine.then(forget, forget);
      return mine;
    },
    /** Waits for all that was begun. */
    async settled(): Promise<void> {
      await Promise.allSettled(last.values());
    },
  };
}
