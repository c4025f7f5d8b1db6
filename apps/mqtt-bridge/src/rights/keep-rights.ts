/** Keeps the rights of nodes at a broker as they are decided. */
import type { AtBroker } from '@plenum/device';
import { type Leases, type Logger, systemTimer, type Timer, TransientFailure } from '@plenum/runtime';
import { type KeepingNodes, keepNodes } from '../keeping/keep-nodes.ts';
import type { AuthorizedNodes } from '../listener-access.ts';
import { countingRights, type RightsCounts } from './rights-counts.ts';
import { type RightsRounds, rightsRounds } from './rights-rounds.ts';

export type KeepRightsParts = {
  readonly atBroker: AtBroker;
  readonly nodes: AuthorizedNodes;
  readonly leases: Leases;
  readonly logger: Logger;
  readonly timer?: Timer;
  /** How often all of it is compared. */
  readonly compareMs?: number;
  /** After so long it is said that a key is not there: longer than what issues it waits for the broker. */
  readonly missingMs?: number;
};

export type KeepingRights = Pick<KeepingNodes<RightsRounds>, 'close' | 'failed'> & { counts(): RightsCounts };

export const keepRights = (parts: KeepRightsParts): KeepingRights => {
  const { atBroker, nodes, leases, logger, timer = systemTimer, compareMs, missingMs = 10_000 } = parts;
  const counting = countingRights();
  const { rounds, close, failed } = keepNodes({
    ...{ leases, lease: 'rights at the broker', listen: nodes.listen, logger, timer, compareMs, part: 'rights' },
    says: {
      held: 'this bridge keeps the rights of nodes at the broker',
      waiting: 'the rights of nodes at the broker wait for it, or for the database',
      again: 'the rights of nodes at the broker are kept again',
    },
    rounds: ({ isHeld, lookAgain }) =>
      rightsRounds({
        // A process that was frozen hears late that another one has the lease.
        atBroker: {
          ...atBroker,
          run: async (commands) => {
            if (!isHeld()) throw new TransientFailure('lease-lost', 'another process keeps the rights');
            return atBroker.run(commands);
          },
        },
        ...{ reads: nodes.reads, counting, logger, timer, missingMs },
        onMissing: (nodeId) => lookAgain(nodeId, missingMs),
      }),
  });
  return {
    counts: () => ({
      ...{ keysMissing: 0, namesTaken: 0, ...rounds()?.lacks(), ...counting.counts() },
      keeps: rounds() !== undefined,
    }),
    close,
    failed,
  };
};
