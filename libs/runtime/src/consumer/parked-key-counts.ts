/** How many keys stand still, reported beside the readiness of a process that has consumers. */
import type { CheckpointReads, ConsumerId } from './checkpoint-store.ts';

/** By consumer name, of those that have any. @throws TransientFailure. */
export const parkedKeyCounts = async (
  checkpoints: Pick<CheckpointReads, 'parkedKeys'>,
  consumers: readonly ConsumerId[],
): Promise<Readonly<Record<string, number>>> => {
  const counts: Record<string, number> = {};
  for (const consumer of consumers) {
    const { length } = await checkpoints.parkedKeys(consumer);
    if (length > 0) counts[consumer.name] = length;
  }
  return counts;
};
