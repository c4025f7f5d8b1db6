/** What devices were promised, held against what the log has. Each id is looked at once, however long it goes on. */
import { setTimeout as sleep } from 'node:timers/promises';
import { topics } from '@plenum/catalogue';
import { isEvent } from '@plenum/event';
import { MessageQuarantined, type MessageQuarantinedData } from '@plenum/quarantine';
import type { Promised } from './site/load.ts';
import type { Site } from './site/site.ts';

export type Accounts = {
  /** Takes in what the manifest has got. */
  note(): Promise<void>;
  acknowledged(): number;
  /** The number of the latest message that was acknowledged; devices number them in the order they send them. */
  latest(): number;
  /**
   * Reads on in the log, and gives those acknowledged messages that are in neither the log nor the quarantine.
   * Nobody may ever see one.
   * @param patienceMs how long acknowledged messages may be on their way: 0 where the acknowledgement is Plenum's own.
   * @throws TransientFailure.
   */
  lost(patienceMs: number): Promise<readonly Promised[]>;
  /** Strikes messages off that a broker which died had acknowledged and not handed on. @returns how many. */
  forgive(patienceMs: number): Promise<number>;
  /** Records read from the log. */
  records(): number;
};

const lookEveryMs = 100;

export const openAccounts = ({ load, log, codec }: Pick<Site, 'load' | 'log' | 'codec'>): Accounts => {
  const eventIds = new Set<string>();
  const digests = new Set<string>();
  const positions = new Map<string, bigint>();
  const lost: Promised[] = [];
  let unconfirmed: Promised[] = [];
  let acknowledged = 0;
  let latest = 0;
  let records = 0;

  const note = async (): Promise<void> => {
    for (const promised of await load.newlyPromised()) {
      if (!promised.acknowledged) continue;
      acknowledged += 1;
      latest = Math.max(latest, promised.n);
      unconfirmed.push(promised);
    }
  };
  const readOn = async (topic: string, partition: number, to: bigint): Promise<void> => {
    const place = `${topic}/${partition}`;
    const from = positions.get(place) ?? 0n;
    if (from >= to) return;
    for await (const batch of log.read({ topic, partition, from, to })) {
      for (const record of batch.records) {
        const decoded = codec.decode(record);
        if (decoded.outcome !== 'event') throw new Error(`${place} ${record.offset} cannot be decoded`);
        const { event } = decoded;
        if (isEvent<MessageQuarantinedData>(MessageQuarantined, event)) digests.add(event.data.payload_sha256);
        else eventIds.add(event.id);
      }
      records += batch.records.length;
      positions.set(place, batch.nextOffset);
    }
    positions.set(place, to);
  };
  const isKept = ({ event_id, sha256 }: Promised): boolean =>
    event_id === undefined ? digests.has(sha256 ?? '') : eventIds.has(event_id);

  /** Of what is acknowledged by now; nothing of it is looked at again. */
  const missing = async (patienceMs: number): Promise<readonly Promised[]> => {
    // First what was promised, then what is there: the other way round, the latest would seem to be missing.
    await note();
    const asked = unconfirmed;
    unconfirmed = [];
    for (let [quietSinceMs, seen] = [performance.now(), records]; ; ) {
      for (const { name } of topics) {
        for (const { partition, next } of await log.positions(name)) await readOn(name, partition, next);
      }
      const left = asked.filter((promised) => !isKept(promised));
      // As long as anything comes, what is missing may be behind it.
      if (records > seen) [quietSinceMs, seen] = [performance.now(), records];
      if (left.length === 0 || performance.now() - quietSinceMs > patienceMs) return left;
      await sleep(lookEveryMs);
    }
  };

  return {
    note,
    acknowledged: () => acknowledged,
    latest: () => latest,
    records: () => records,
    lost: async (patienceMs) => {
      lost.push(...(await missing(patienceMs)));
      return lost;
    },
    forgive: async (patienceMs) => (await missing(patienceMs)).length,
  };
};
