import type { Sql } from '@plenum/read-model';
import { eventStoreContract } from './event-store-contract.ts';
import { memoryEventStore } from './memory-event-store.ts';
import { pursesCodec, pursesInline, pursesTopic } from './sample-purses.ts';

eventStoreContract('memory', async () => {
  const committed: string[] = [];
  const transact = async (work: (sql: Sql) => Promise<void>): Promise<void> => {
    const noted: string[] = [];
    await work(async (_, [note] = []) => {
      noted.push(String(note));
      return [];
    });
    committed.push(...noted);
  };
  const fresh = () => memoryEventStore({ topics: [pursesTopic], codec: pursesCodec, inline: [pursesInline], transact });
  let store = fresh();
  // What the store in memory forgets is the store: the next call finds another one.
  const opened = {
    append: (...asked: Parameters<typeof store.append>) => store.append(...asked),
    load: (...asked: Parameters<typeof store.load>) => store.load(...asked),
    loadAll: (...asked: Parameters<typeof store.loadAll>) => store.loadAll(...asked),
    answered: (...asked: Parameters<typeof store.answered>) => store.answered(...asked),
    askedUnder: (...asked: Parameters<typeof store.askedUnder>) => store.askedUnder(...asked),
    rememberRequest: (...asked: Parameters<typeof store.rememberRequest>) => store.rememberRequest(...asked),
    restore: (...asked: Parameters<typeof store.restore>) => store.restore(...asked),
  };
  return {
    store: opened,
    another: opened,
    source: {
      subscribe: (...asked: Parameters<typeof store.source.subscribe>) => store.source.subscribe(...asked),
      positions: (...asked: Parameters<typeof store.source.positions>) => store.source.positions(...asked),
      read: (...asked: Parameters<typeof store.source.read>) => store.source.read(...asked),
    },
    checkpoints: {
      prepare: (...asked) => store.checkpoints.prepare(...asked),
      position: (...asked) => store.checkpoints.position(...asked),
      confirm: (...asked) => store.checkpoints.confirm(...asked),
      parkedKeys: (...asked) => store.checkpoints.parkedKeys(...asked),
      parkedOffsets: (...asked) => store.checkpoints.parkedOffsets(...asked),
      transact: (consumer, at, work) => store.checkpoints.transact(consumer, at, work),
      transactTogether: (consumer, places, work) => store.checkpoints.transactTogether(consumer, places, work),
    },
    notes: async () => committed,
    reservations: async () => store.reservations(),
    rows: async () =>
      structuredClone({
        streams: [...store.streams()].sort(([a], [b]) => (a < b ? -1 : 1)),
        answers: [...store.answers().values()].sort((a, b) => (a.commandId < b.commandId ? -1 : 1)),
        reservations: store.reservations(),
      }),
    drop: async () => {
      store = fresh();
    },
  };
});
