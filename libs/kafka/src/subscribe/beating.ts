/**
 * Keeps a member alive while it works: kafkajs sends heartbeats only between batches, and a group takes the partitions
 * of a member that is silent for longer than its session.
 */
export const beating = async (
  heartbeat: () => Promise<void>,
  everyMs: number,
  work: (lostTouch: () => boolean) => Promise<void>,
): Promise<void> => {
  let lost: unknown;
  const beat = (): void => {
    heartbeat().catch((error: unknown) => {
      lost ??= error;
    });
  };
  const timer = setInterval(beat, everyMs);
  try {
    await work(() => lost !== undefined);
  } finally {
    clearInterval(timer);
  }
  // kafkajs joins again when it is thrown what its heartbeat was answered.
  if (lost !== undefined) throw lost;
};
