/**
 * A message that was handed over in a transaction whose COMMIT nobody heard is there, though its publisher may have gone to another
 * server by the time it is asked for again.
 */
import type { Handover } from '@plenum/runtime';
import { type Ask, wholes } from './ask.ts';
import type { Batched } from './operations.ts';
import { sessionSchema } from './schema.ts';
import { currentRow, type SessionRows } from './session-row.ts';

/** Whether one that is to be handed over by a publisher who is lost was handed over before. Sessions are locked. */
export type WasHandedOver = (handover: Handover) => boolean;

export const handedOverBefore = async (
  ask: Ask,
  batch: readonly Batched[],
  rows: SessionRows,
): Promise<WasHandedOver> => {
  const lost = batch.flatMap((one) =>
    one.does === 'pass-on' && currentRow(rows, one.session) === undefined ? one.handovers : [],
  );
  const asked = lost.flatMap(({ session, message: { number } }) => {
    const row = currentRow(rows, session);
    return row === undefined ? [] : [{ content: row.content, number }];
  });
  if (asked.length === 0) return () => false;
  const found = await ask<readonly [content: string, number: string]>(query, [
    wholes(asked, ({ content }) => content),
    wholes(asked, ({ number }) => number),
  ]);
  const keys = new Set(found.map(([content, number]) => `${content} ${number}`));
  return ({ session, message }) => keys.has(`${currentRow(rows, session)?.content} ${message.number}`);
};

const query = `
  select m.content, m.number from ${sessionSchema}.message m
    join unnest($1::bigint[], $2::bigint[]) as n (content, number) using (content, number)`;
