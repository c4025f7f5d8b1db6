/** Which keys of a set are parked, as the projection metadata has it. */
import type { ReadModelSet } from '@plenum/read-model';
import type { ParkedKey } from '@plenum/runtime';
import { textKept } from './kept-text.ts';

/** Asks the database, inside a transaction or by itself. */
type Ask = (text: string, values: readonly unknown[]) => Promise<readonly unknown[]>;

type Row = { readonly topic: string; readonly part: number; readonly key: string; readonly from_offset: string };

export const parkedKeysOf = async (ask: Ask, set: ReadModelSet): Promise<readonly ParkedKey[]> => {
  const rows = await ask(
    `select topic, part, key, from_offset from plenum.parked_key where set_name = $1 and set_version = $2
     order by topic, part, from_offset`,
    [set.name, set.version],
  );
  return (rows as readonly Row[]).map(({ topic, part, key, from_offset }) => ({
    topic,
    partition: part,
    key: textKept(key),
    from: BigInt(from_offset),
  }));
};
