import assert from 'node:assert/strict';
import { it } from 'node:test';
import { TransientFailure } from '@plenum/runtime';
import { thingsProjection } from '@plenum/runtime/testing';
import pg from 'pg';
import { copiesIn } from './copies.ts';
import { repeatedValuesOf } from './repeated-values.ts';
import { openTransaction } from './transaction.ts';

it('says why a statement failed that nobody waited for, and not that the transaction had failed', async () => {
  let failed = false;
  const refusal = (code: string): Error => Object.assign(new Error(code), { code });
  const client = {
    query: async (asked: string | { readonly text: string }) => {
      if (asked === 'savepoint attempt') {
        failed = true;
        throw refusal('57014');
      }
      if (failed) throw refusal('25P02');
      return { rows: [['0', '0', '0', '0', '0', '0']] };
    },
  } as unknown as pg.ClientBase; // All that a transaction uses of one.
  const parts = {
    ...{ client, begun: Promise.resolve(), projection: thingsProjection },
    statementsFor: () => assert.fail('no table is written'),
    copies: copiesIn(),
    inserted: () => undefined,
    values: repeatedValuesOf(new pg.Pool())(client, 'things_v1_g1'),
    frozenMs: 8_000,
  };
  const tx = await openTransaction(parts, { topic: 'things', partition: 0 });
  await assert.rejects(
    tx.attempt(() => tx.parkedKeys(['k'])),
    (error) => error instanceof TransientFailure && error.code === '57014',
  );
});
