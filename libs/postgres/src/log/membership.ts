/**
 * A member's part in a group: which partitions it holds. They are its own for as long as its process's session is there
 * (`session.ts`). What it does with a batch it already has is beyond that: the read-model store's fence covers it.
 */
import { randomUUID } from 'node:crypto';
import { type Logger, TransientFailure } from '@plenum/runtime';
import type { LogSchema } from './log-database.ts';
import type { Session, SessionConnection } from './session.ts';

export type Lease = {
  readonly topicId: number;
  readonly partition: number;
  /** Grows whenever the partition is given to somebody, the same member included. */
  readonly epoch: bigint;
  /** More than this member's share: to be given back after the batch in hand. */
  readonly surplus: boolean;
};

/** What a member holds, for as long as it may be certain of the session. */
export type Held = { readonly leases: readonly Lease[]; readonly session: Session };

export type Membership = {
  /** Takes what is free up to the fair share, and says what is held. `undefined`: the database is away. */
  tick(): Promise<Held | undefined>;
  /** From now on `tick` takes nothing, and the others share without this member. */
  retire(): Promise<void>;
  release(lease: Lease): Promise<void>;
  /** Gives back whatever is still held. */
  leave(): Promise<void>;
};

export type MembershipParts = {
  readonly connection: SessionConnection;
  readonly schema: LogSchema;
  readonly group: string;
  readonly topicIds: readonly number[];
  readonly logger: Logger;
};

const answerMsMax = 5_000;

type LeaseRow = { readonly topic: number; readonly part: number; readonly epoch: string; readonly surplus: boolean };

export const joinGroup = ({ connection, schema, group, topicIds, logger }: MembershipParts): Membership => {
  const member = randomUUID();
  let retired = false;

  /** The database being away is a transient failure: the session ends there by itself. Rows are leases, if there are any. */
  const tryQuery = async (
    text: string,
    values: (session: Session) => readonly unknown[],
  ): Promise<{ readonly rows: readonly LeaseRow[]; readonly session: Session } | undefined> => {
    let session: Session | undefined;
    try {
      const rows = await connection.query<LeaseRow>((opened) => {
        session = opened;
        return { text, values: [...values(opened)] };
      }, answerMsMax);
      return session && { rows, session };
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      logger.warn({ group, member, code: error.code, reason: error.message }, 'the group cannot be reached');
      return undefined;
    }
  };
  const takeShare = () =>
    tryQuery(`select * from ${schema}.lease_tick($1, $2, $3, $4)`, ({ id }) => [group, member, id, topicIds]);
  const lookAtRest = () =>
    tryQuery(
      `select topic, part, epoch, false as surplus from ${schema}.log_lease where grp = $1 and member = $2`,
      () => [group, member],
    );

  return {
    async tick() {
      const told = await (retired ? lookAtRest() : takeShare());
      if (told === undefined) return undefined;
      const leases = told.rows.map(({ topic, part, epoch, surplus }) => ({
        topicId: topic,
        partition: part,
        epoch: BigInt(epoch),
        surplus,
      }));
      return { leases, session: told.session };
    },
    async retire() {
      retired = true;
      await tryQuery(`select ${schema}.lease_retire($1, $2)`, () => [group, member]);
    },
    async release({ topicId, partition, epoch }) {
      await tryQuery(`select ${schema}.lease_release($1, $2, $3, $4, $5)`, () => [
        ...[group, member, topicId, partition, epoch],
      ]);
    },
    async leave() {
      await tryQuery(`select ${schema}.lease_leave($1, $2)`, () => [group, member]);
    },
  };
};
