/** Which keys of a consumer are parked. */
import type { ConsumerId, ParkedKey } from '@plenum/runtime';
import { textKept } from './kept-text.ts';

/** Asks the database, inside a transaction or by itself. */
type Ask = (text: string, values: readonly unknown[]) => Promise<readonly unknown[]>;

type Row = { readonly topic: string; readonly part: number; readonly key: string; readonly from_offset: string };

export const parkedKeysOf = async (ask: Ask, consumer: ConsumerId): Promise<readonly ParkedKey[]> => {
  const rows = await ask(
    `select topic, part, key, from_offset from plenum.parked_key
      where consumer = $1 and version = $2 and generation = $3 order by topic, part, from_offset`,
    [consumer.name, consumer.version, consumer.generation],
  );
  return (rows as readonly Row[]).map(({ topic, part, key, from_offset }) => ({
    topic,
    partition: part,
    key: textKept(key),
    from: BigInt(from_offset),
  }));
};
