/** Requests that came with a key of their own: the first that is carried out under a key keeps it. */
import type { KeyedRequest } from '@plenum/event';
import type pg from 'pg';
import { query } from '../pool.ts';

/** Undoes the transaction in which it is thrown. */
export class KeyUsed extends Error {
  constructor() {
    super('another request has this key');
    this.name = 'KeyUsed';
  }
}

const insert = 'insert into plenum_store.request (key, fingerprint) values ($1, $2) on conflict do nothing';
const select = 'select fingerprint from plenum_store.request where key = $1';

/** Fails where somebody has taken it: `takeKey` says then whether it was the same request. */
export const newKey = ({ key, fingerprint }: KeyedRequest): pg.QueryConfig => ({
  name: 'plenum_store_new_key',
  text: 'insert into plenum_store.request (key, fingerprint) values ($1, $2)',
  values: [key, Buffer.from(fingerprint)],
});

type Row = { readonly fingerprint: Buffer };

/** Waits for somebody who takes the same key in another transaction. @throws KeyUsed when another request has it. */
export const takeKey = async (client: pg.ClientBase, { key, fingerprint }: KeyedRequest): Promise<void> => {
  const { rowCount } = await client.query(insert, [key, Buffer.from(fingerprint)]);
  if (rowCount === 1) return;
  // A new statement, and so a new snapshot: it sees what was committed while this waited.
  const { rows } = await client.query<Row>(select, [key]);
  if (rows[0]?.fingerprint.equals(fingerprint) !== true) throw new KeyUsed();
};

/** As the port has it. */
export const askedUnder = async (pool: pg.Pool, key: string): Promise<KeyedRequest | undefined> => {
  const [row] = await query<Row>(pool, select, [key]);
  return row && { key, fingerprint: new Uint8Array(row.fingerprint) };
};

/** As the port has it. */
export const rememberRequest = async (pool: pg.Pool, { key, fingerprint }: KeyedRequest): Promise<void> => {
  await query(pool, insert, [key, Buffer.from(fingerprint)]);
};
