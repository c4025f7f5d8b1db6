import type pg from 'pg';

const rowsMax = 1_000;

/** A query's rows in batches, each an array of its values. Other statements may run on the connection in between. */
export async function* cursor(
  client: pg.ClientBase,
  name: string,
  select: string,
): AsyncGenerator<readonly (readonly unknown[])[], void> {
  await client.query(`declare ${name} no scroll cursor for ${select}`);
  for (;;) {
    const { rows } = await client.query<unknown[]>({ text: `fetch ${rowsMax} from ${name}`, rowMode: 'array' });
    if (rows.length > 0) yield rows;
    if (rows.length < rowsMax) break;
  }
  await client.query(`close ${name}`);
}
