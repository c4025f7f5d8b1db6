/** For tests that wait until something holds: it is looked at whenever something has changed, and never by the clock. */
export type Lookout = {
  /** Something has. */
  changed(): void;
  /** Settles when `met` holds. Rejects when `ended` settles first. */
  until(met: () => boolean, ended: Promise<unknown>): Promise<void>;
};

export const lookout = (): Lookout => {
  const looking = new Set<() => void>();
  return {
    changed: () => {
      for (const look of [...looking]) look();
    },
    until: (met, ended) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!met()) return;
          looking.delete(look);
          resolve();
        };
        looking.add(look);
        ended.then(() => reject(new Error('it ended before')), reject);
        look();
      }),
  };
};
