import type { Reservation } from '@plenum/runtime';
import { eventStoreContract } from '@plenum/runtime/testing';
import { testDatabase } from '../testing/index.ts';
import { openTestStore, storeRows } from './testing/open-test-store.ts';

eventStoreContract('postgres', async (t) => {
  const { url, pool } = await testDatabase(t);
  const store = await openTestStore(t, url);
  return {
    store,
    another: await openTestStore(t, url),
    source: store.source,
    checkpoints: store.checkpoints,
    notes: async () => {
      const { rows } = await pool.query<{ note: string }>('select note from test_purses.note order by id');
      return rows.map(({ note }) => note);
    },
    reservations: async () => {
      const { rows } = await pool.query<Reservation>('select name, stream from plenum_store.reservation order by name');
      return rows;
    },
    rows: () => storeRows(pool),
    async drop() {
      await pool.query(
        `truncate plenum_store.stream, plenum_store.stream_event, plenum_store.command, plenum_store.reservation,
           plenum_store.log_batch;
         update plenum_store.log_head set next_offset = 0, log_start = 0, time_high_ms = 0;
         update plenum.checkpoint set next_offset = 0, read = 0, applied = 0`,
      );
    },
  };
});
