/** Time as loops need it: a clock that only runs forward, and calls later. Tests run it by hand. */
export type Timer = {
  /** Milliseconds since any fixed moment; never runs backwards. */
  nowMs(): number;
  /** Calls `task` once after a delay. Returns what cancels it. */
  after(delayMs: number, task: () => void): () => void;
  /** Calls `task` when what is already waiting to be read has been read. */
  soon(task: () => void): void;
};

export const systemTimer: Timer = {
  nowMs: () => performance.now(),
  after: (delayMs, task) => {
    const handle = setTimeout(task, delayMs);
    return () => clearTimeout(handle);
  },
  soon: (task) => {
    setImmediate(task);
  },
};
