/**
 * Reads rows as COPY sends them in binary. The driver's own queries turn every byte into two hexadecimal digits, a string,
 * and back; this leaves the bytes as they are.
 */
import { once } from 'node:events';
import { TransientFailure } from '@plenum/runtime';
import type pg from 'pg';
import { to } from 'pg-copy-streams';
import { translateError } from '../translate-error.ts';

/** A row's fields, as Postgres sends them in binary: big end first. Views into one buffer. */
export type CopiedRow = readonly (Buffer | undefined)[];

/** A connection that is silent for so long is dead. */
const answerMsMax = 30_000;

/** All rows of a query. @throws TransientFailure when the database is away. */
export const copyOut = async (pool: pg.Pool, select: string): Promise<readonly CopiedRow[]> => {
  const client = await pool.connect().catch((error: unknown) => {
    throw translateError(error);
  });
  let broken = true;
  // A connection lost at the wrong moment reports itself here as well as to the query.
  const heard = (): void => undefined;
  client.on('error', heard);
  const stream = client.query(to(`copy (${select}) to stdout (format binary)`));
  const silence = setTimeout(
    () => stream.destroy(new TransientFailure('timeout', `the log gave no answer for ${answerMsMax} ms`)),
    answerMsMax,
  );
  try {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(stream, 'end');
    broken = false;
    return rowsOf(Buffer.concat(chunks));
  } catch (error) {
    throw translateError(error);
  } finally {
    clearTimeout(silence);
    client.removeListener('error', heard);
    client.release(broken);
  }
};

/** An 11-byte signature, 4 bytes of flags, and an extension with its length before it. */
const signatureAndFlagsBytes = 15;

const rowsOf = (bytes: Buffer): readonly CopiedRow[] => {
  const rows: CopiedRow[] = [];
  let at = signatureAndFlagsBytes + 4 + bytes.readInt32BE(signatureAndFlagsBytes);
  for (;;) {
    const fields = bytes.readInt16BE(at);
    at += 2;
    if (fields === -1) return rows;
    const row: (Buffer | undefined)[] = [];
    for (let index = 0; index < fields; index += 1) {
      const length = bytes.readInt32BE(at);
      at += 4;
      row.push(length === -1 ? undefined : bytes.subarray(at, at + length));
      if (length > 0) at += length;
    }
    rows.push(row);
  }
};
