/**
 * A member's part in a group: which partitions it holds, and until when. Leases live in Postgres and expire by the
 * database's clock. A member judges its own by a monotonic clock read before it asked, so it always thinks a lease ends
 * earlier than the database does, and a process that was frozen knows when it wakes. What it does with a batch it
 * already has is beyond any lease: the read-model store's fence covers that.
 */
import { randomUUID } from 'node:crypto';
import { type Logger, TransientFailure } from '@plenum/runtime';
import type { HeldConnection } from './held-connection.ts';
import type { LogSchema } from './log-database.ts';

export type Lease = {
  readonly topicId: number;
  readonly partition: number;
  /** Grows whenever the partition is given to somebody, the same member included. */
  readonly epoch: bigint;
  /** More than this member's share: to be given back after the batch in hand. */
  readonly surplus: boolean;
};

/** What a member holds, and until when it may be certain of it (by `performance.now`). */
export type Held = { readonly leases: readonly Lease[]; readonly untilMs: number };

export type Membership = {
  /** Renews, takes what is free up to the fair share, and says what is held. `undefined`: the database is away. */
  tick(): Promise<Held | undefined>;
  /** From now on `tick` only renews, and the others share without this member. */
  retire(): Promise<void>;
  release(lease: Lease): Promise<void>;
  /** Gives back whatever is still held. */
  leave(): Promise<void>;
};

export type MembershipParts = {
  readonly connection: HeldConnection;
  readonly schema: LogSchema;
  readonly group: string;
  readonly topicIds: readonly number[];
  readonly logger: Logger;
};

const leaseMs = 5_000;
export const heartbeatMs = 1_000;
const answerMsMax = 5_000;

type LeaseRow = { readonly topic: number; readonly part: number; readonly epoch: string; readonly surplus: boolean };

export const joinGroup = ({ connection, schema, group, topicIds, logger }: MembershipParts): Membership => {
  const member = randomUUID();
  let retired = false;

  /** The database being away is a transient failure: the leases expire there by themselves. */
  const tryQuery = async <R>(text: string, values: readonly unknown[]): Promise<readonly R[] | undefined> => {
    try {
      return await connection.query<R>({ text, values: [...values] }, answerMsMax);
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      logger.warn({ group, member, code: error.code, reason: error.message }, 'the group cannot be reached');
      return undefined;
    }
  };

  return {
    async tick() {
      const askedMs = performance.now();
      const rows = retired
        ? await tryQuery<LeaseRow>(`select * from ${schema}.lease_renew($1, $2, $3)`, [group, member, leaseMs])
        : await tryQuery<LeaseRow>(`select * from ${schema}.lease_tick($1, $2, $3, $4)`, [
            group,
            member,
            topicIds,
            leaseMs,
          ]);
      if (rows === undefined) return undefined;
      const leases = rows.map(({ topic, part, epoch, surplus }) => ({
        topicId: topic,
        partition: part,
        epoch: BigInt(epoch),
        surplus,
      }));
      return { leases, untilMs: askedMs + leaseMs };
    },
    async retire() {
      retired = true;
      await tryQuery(`select ${schema}.lease_retire($1, $2)`, [group, member]);
    },
    async release({ topicId, partition, epoch }) {
      await tryQuery(`select ${schema}.lease_release($1, $2, $3, $4, $5)`, [group, member, topicId, partition, epoch]);
    },
    async leave() {
      await tryQuery(`select ${schema}.lease_leave($1, $2)`, [group, member]);
    },
  };
};
