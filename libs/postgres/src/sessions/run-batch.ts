/**
 * Carries out a batch of operations in one transaction. All sessions it names are locked first, so what another server does to them
 * comes before or after; then everything is decided here, and sent at once.
 */
import { type Lived, leftLife, lifeWithoutWill, type WillTimes, type Written } from '@plenum/runtime';
import type pg from 'pg';
import { inPipelinedTransaction } from '../pool.ts';
import { type Ask, askOf } from './ask.ts';
import { type ContentChanges, contentChanges } from './contents.ts';
import { handedOverBefore, type WasHandedOver } from './handed-over.ts';
import { sendNews } from './news.ts';
import { type BatchAnswer, type Batched, clientsOf, type LifeChange, type PassOn } from './operations.ts';
import type { Giving } from './ownership.ts';
import { type Retain, writeRetained } from './retained.ts';
import {
  currentRow,
  emptySessions,
  endSessions,
  lockClients,
  type SessionRow,
  type SessionRows,
  updateLives,
} from './session-row.ts';
import { insertNew, newSession, type TakenRow, takeRows } from './take.ts';
import { writeContents } from './write-contents.ts';

/**
 * One answer for each operation. Of one client, nothing comes after what changes or takes the session itself.
 * @throws TransientFailure; after one at COMMIT it is unknown whether it was done. Poison.
 */
export const runBatch = (pool: pg.Pool, giving: Giving, batch: readonly Batched[]): Promise<readonly BatchAnswer[]> =>
  inPipelinedTransaction(pool, async (client, begun) => {
    const ask = askOf(client);
    await begun;
    const clientIds = new Set(batch.flatMap(clientsOf));
    const takes = batch.filter((operation) => operation.does === 'take');
    const [inserted, locked] = await Promise.all([
      insertNew(ask, giving, takes),
      clientIds.size === 0 ? [] : lockClients(ask, [...clientIds]),
    ]);
    const rows = new Map(locked.map((row) => [row.clientId, row]));
    const decided = decide(batch, rows, inserted, await handedOverBefore(ask, batch, rows));
    const taken = await send(ask, giving, decided);
    return decided.answers.map((answer) => (typeof answer === 'number' ? taken[answer] : answer));
  });

type Decided = {
  /** A number is the place in `taken`. */
  readonly answers: readonly (BatchAnswer | number)[];
  readonly contents: ContentChanges;
  readonly lived: SessionRow[];
  /** Kept for their wills alone. */
  readonly emptied: number[];
  readonly ended: SessionRow[];
  readonly taken: TakenRow[];
  readonly retains: Retain[];
};

const decide = (
  batch: readonly Batched[],
  rows: SessionRows,
  inserted: ReadonlyMap<string, number>,
  wasHandedOver: WasHandedOver,
): Decided => {
  const [lived, emptied, ended, taken, retains] = [[], [], [], [], []] as [
    SessionRow[],
    number[],
    SessionRow[],
    TakenRow[],
    Retain[],
  ];
  const contents = contentChanges();
  const note = (row: SessionRow, { life, keeps }: Lived<WillTimes>): void => {
    if (keeps === 'nothing') ended.push(row);
    else lived.push({ ...row, life });
    if (keeps === 'will') emptied.push(row.content);
  };
  const passOn = ({ session, arrival, handovers }: PassOn): 'lost' | readonly Written[] => {
    const row = currentRow(rows, session);
    if (row === undefined && !handovers.some(wasHandedOver)) return 'lost';
    if (row !== undefined) contents.add(row.content, { kind: 'arrive', arrival: { ...arrival, passedOn: true } });
    return handovers.map(({ session: to, message }) => {
      const its = currentRow(rows, to);
      if (its !== undefined) contents.add(its.content, { kind: 'enqueue', message });
      return its === undefined ? 'lost' : 'written';
    });
  };
  const answerTo = (operation: Batched): BatchAnswer | number => {
    if (operation.does === 'retain') {
      retains.push(operation);
      return undefined;
    }
    if (operation.does === 'take') {
      const { clientId } = operation.asked;
      const epoch = inserted.get(clientId);
      if (epoch !== undefined) return newSession(clientId, epoch);
      const before = rows.get(clientId);
      if (before === undefined) throw new Error('a session that is taken is not there');
      return taken.push({ ...operation, before }) - 1;
    }
    if (operation.does === 'pass-on') return passOn(operation);
    const { session, change } = operation;
    const row = currentRow(rows, session);
    if (row === undefined) return 'lost';
    if (change.kind === 'end') ended.push(row);
    else if (isOfLife(change)) note(row, livedOf(row, change));
    else contents.add(row.content, change);
    return 'written';
  };
  return { answers: batch.map(answerTo), contents, lived, emptied, ended, taken, retains };
};

const isOfLife = (change: { readonly kind: string }): change is Exclude<LifeChange, { readonly kind: 'end' }> =>
  change.kind === 'leave' || change.kind === 'forget-will';

const livedOf = ({ life }: SessionRow, change: Exclude<LifeChange, { readonly kind: 'end' }>): Lived<WillTimes> =>
  change.kind === 'leave' ? leftLife(life, change.leave) : lifeWithoutWill(life);

/** The server carries statements out in the order in which they are sent: what is in a session is written before it is taken or ends. */
const send = async (ask: Ask, giving: Giving, decided: Decided) => {
  const { contents, lived, emptied, ended, taken, retains } = decided;
  const lost = taken.flatMap(({ before }) =>
    before.owner === undefined ? [] : [{ owner: before.owner, session: refOf(before) }],
  );
  const [, , , , sessions] = await Promise.all([
    writeContents(ask, contents),
    emptySessions(ask, emptied),
    updateLives(ask, lived),
    endSessions(ask, ended),
    takeRows(ask, giving, taken),
    writeRetained(ask, retains),
    sendNews(ask, giving.owner, { lost, topics: [...new Set(retains.map(({ topic }) => topic))] }),
  ]);
  return sessions;
};

const refOf = ({ clientId, epoch }: SessionRow) => ({ clientId, epoch });
