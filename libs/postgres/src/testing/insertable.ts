/** Rows put into a ledger by SQL, for tests that want rows which no projector would write. */
import { type Build, type Projection, repeatedGroups } from '@plenum/read-model';
import type pg from 'pg';
import { listed, qualified, quoted, rowColumns, rowsName, schemaOf } from '../read-models/names.ts';
import { fingerprint } from '../read-models/repeated-ddl.ts';

/** Lets `insert` name the view of a ledger whose repeated values are kept once. Its build has to be prepared. */
export const makeInsertable = async (pool: pg.Pool, build: Build): Promise<void> => {
  const { ledger }: Projection = build;
  if (ledger?.repeated === undefined) return;
  const schema = schemaOf(build);
  const groups = repeatedGroups(ledger);
  const values = groups.map((group) => {
    const name = qualified(schema, group.table);
    return `insert into ${name} (${listed(group.columns)}) values (${listed(group.columns, 'new.')}) on conflict do nothing;
      select number into kept.${quoted(group.number)} from ${name}
       where fingerprint = ${fingerprint(ledger, group, 'new.')};`;
  });
  const columns = rowColumns(ledger).map(({ name }) => name);
  const numbers = new Set(groups.map(({ number }) => number));
  const kept = columns.map((name) => `${numbers.has(name) ? 'kept' : 'new'}.${quoted(name)}`);
  const inserted = qualified(schema, 'test_insert');
  await pool.query(`create function ${inserted}() returns trigger language plpgsql as $$ declare kept ${qualified(schema, rowsName(ledger))}%rowtype; begin
      ${values.join('\n')}
      insert into ${qualified(schema, rowsName(ledger))} (${listed(columns)}) values (${kept.join(', ')});
      return new;
    end $$;
    create trigger test_insert instead of insert on ${qualified(schema, ledger.name)}
      for each row execute function ${inserted}()`);
};
