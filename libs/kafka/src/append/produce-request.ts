/** A produce request of batches that are encoded already, in the form of versions 3 to 7, which are alike. */

export type Carried = { readonly topic: string; readonly partition: number; readonly batch: Buffer };

/** The bytes of the request behind its header: no transaction, acks, timeout, topics with their partitions. */
export const encodeProduce = (
  { acks, timeout }: { readonly acks: number; readonly timeout: number },
  carried: readonly Carried[],
) => {
  const topics = Map.groupBy(carried, ({ topic }) => topic);
  const names = [...topics.keys()].reduce((sum, topic) => sum + topicBytes + Buffer.byteLength(topic), 0);
  const batches = carried.reduce((sum, { batch }) => sum + partitionBytes + batch.length, 0);
  const bytes = Buffer.allocUnsafe(headBytes + names + batches);
  let at = bytes.writeInt16BE(-1, 0);
  at = bytes.writeInt16BE(acks, at);
  at = bytes.writeInt32BE(timeout, at);
  at = bytes.writeInt32BE(topics.size, at);
  for (const [topic, partitions] of topics) {
    at = bytes.writeInt16BE(Buffer.byteLength(topic), at);
    at += bytes.write(topic, at);
    at = bytes.writeInt32BE(partitions.length, at);
    for (const { partition, batch } of partitions) {
      at = bytes.writeInt32BE(partition, at);
      at = bytes.writeInt32BE(batch.length, at);
      at += batch.copy(bytes, at);
    }
  }
  // What kafkajs takes from one of its own encoders.
  return { buf: bytes, buffer: bytes, size: () => bytes.length };
};

/** Transaction, acks, timeout, number of topics. */
const headBytes = 2 + 2 + 4 + 4;
/** Length of its name, number of partitions. */
const topicBytes = 2 + 4;
/** Number, length of the batch. */
const partitionBytes = 4 + 4;
