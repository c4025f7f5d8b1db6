import { eventStoreContract } from '@plenum/runtime/testing';
import { testDatabase } from '../testing/index.ts';
import { openTestStore, storeRows } from './testing/open-test-store.ts';

eventStoreContract('postgres', async (t) => {
  const { url, pool } = await testDatabase(t);
  await pool.query('create table note (id int generated always as identity, note text not null)');
  const store = await openTestStore(t, url);
  return {
    store,
    another: await openTestStore(t, url),
    source: store.source,
    checkpoints: store.checkpoints,
    notes: {
      write: async (sql, note) => void (await sql('insert into note (note) values ($1)', [note])),
      all: async () => {
        const { rows } = await pool.query<{ note: string }>('select note from note order by id');
        return rows.map(({ note }) => note);
      },
    },
    rows: () => storeRows(pool),
    async drop() {
      await pool.query(
        `truncate plenum_store.stream, plenum_store.stream_event, plenum_store.command, plenum_store.log_batch;
         update plenum_store.log_head set next_offset = 0, log_start = 0, time_high_ms = 0;
         update plenum_store.relay_checkpoint set next_offset = 0`,
      );
    },
  };
});
