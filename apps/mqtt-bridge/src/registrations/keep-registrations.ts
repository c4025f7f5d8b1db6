/** Publishes the registrations of nodes, retained, as they are enrolled, and takes them away when they are removed. */
import { deviceSchema, type RegistrationReads, registrationReads } from '@plenum/device';
import type { DeviceMessages, LeaseLimits, Leases, Logger, ServiceDatabase, Timer } from '@plenum/runtime';
import { type KeepingNodes, keepNodes, type NodeRounds } from '../keeping/keep-nodes.ts';
import type { AuthorizedNodes } from '../listener-access.ts';
import type { OwnRegistrations } from './own-registrations.ts';
import { countingRegistrations, type RegistrationCounts } from './registration-counts.ts';
import { registrationRounds } from './registration-rounds.ts';

/** What a bridge needs to publish registrations: the database that they are decided in, and where the tables are. */
export type RegistrationWork = {
  readonly reads: RegistrationReads;
  /** Hears the id of each node that something was decided about. */
  readonly listen: AuthorizedNodes['listen'];
};

export const registrationWork = ({ sql, listen }: Pick<ServiceDatabase, 'sql' | 'listen'>): RegistrationWork => ({
  reads: registrationReads(sql),
  listen: (channel) => listen({ ...channel, channel: deviceSchema }),
});

/** Of the lease that bridges share which devices connect to. It may take seconds: renewing it wakes a process that is at rest. */
export const registrationLeases: Partial<LeaseLimits> = { ttlMs: 30_000, renewMs: 9_000, lookMs: 5_000 };

export type KeepRegistrationsParts = RegistrationWork & {
  readonly devices: Pick<DeviceMessages, 'retain' | 'retainedOn'>;
  /** Of several bridges one does it. */
  readonly leases: Leases;
  readonly own: Pick<OwnRegistrations, 'removed' | 'published'> | undefined;
  readonly logger: Logger;
  readonly timer?: Timer;
  /** How often all of it is compared. */
  readonly compareMs?: number;
};

export type KeepingRegistrations = Pick<KeepingNodes<NodeRounds>, 'close' | 'failed'> & {
  counts(): RegistrationCounts;
};

export const keepRegistrations = (parts: KeepRegistrationsParts): KeepingRegistrations => {
  const { reads, listen, devices, leases, own = nothingComesBack, logger, timer, compareMs } = parts;
  const counting = countingRegistrations();
  const { rounds, close, failed } = keepNodes({
    ...{ leases, lease: 'registrations of nodes', listen, logger, timer, compareMs, part: 'registrations' },
    says: {
      held: 'this bridge publishes the registrations of nodes',
      waiting: 'the registrations of nodes wait for the broker, the database or its tables',
      again: 'the registrations of nodes are published again',
    },
    rounds: (holding) => registrationRounds({ ...holding, devices, reads, own, counting, logger }),
  });
  return { counts: () => ({ ...counting.counts(), keeps: rounds() !== undefined }), close, failed };
};

const nothingComesBack: Pick<OwnRegistrations, 'removed' | 'published'> = {
  removed: () => undefined,
  published: () => undefined,
};
