/** The bare side of a query: the same SQL behind a Fastify route that does nothing else. */
import { readingReads } from '@plenum/ceiling';
import type { Sql } from '@plenum/read-model';
import Fastify from 'fastify';
import pg from 'pg';
import { serve } from '../machine/serve.ts';
import type { Started } from './started.ts';

export type Start = {
  readonly url: string;
  /** `dates`: what the driver makes of times unless it is told otherwise, without their microseconds. `texts`: as they came. */
  readonly times: 'dates' | 'texts';
};

/** The oid of its type. */
const timestamptz = 1184;

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format: 'text') =>
    oid === timestamptz ? String : pg.types.getTypeParser(oid, format)) as never, // As the driver has it.
};

const app = Fastify();
let pool: pg.Pool | undefined;

const start = async ({ url, times }: Start): Promise<Started> => {
  // As many connections as the API has unless it is set otherwise.
  const opened = new pg.Pool({ connectionString: url, max: 20 });
  pool = opened;
  const names = new Map<string, string>();
  const sql: Sql = async <R>(text: string, values: readonly unknown[] = []) => {
    const name = names.getOrInsertComputed(text, () => `page_${names.size}`);
    return (await opened.query({ name, text, values: [...values], ...(times === 'texts' && { types }) })).rows as R[]; // The reads name their columns.
  };
  const reads = readingReads(sql);
  app.get<{ Querystring: { sensor: string; limit: string } }>('/api/v1/readings', async ({ query }) => ({
    items: await reads.page({ filter: { sensor: query.sensor }, order: 'desc', limit: Number(query.limit) }),
  }));
  return { url: await app.listen({ host: '127.0.0.1', port: 0 }), headers: {} };
};

serve({ start }, async () => {
  await app.close();
  await pool?.end();
});
