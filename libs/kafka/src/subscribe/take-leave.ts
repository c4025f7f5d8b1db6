/** Leaving a group for a member that could not do so itself. */
import type { Logger } from '@plenum/runtime';
import type { ReaderCluster } from '../read/reader-cluster.ts';

export type Membership = { readonly group: string; readonly memberId: string; readonly topic: string };

/**
 * A member whose broker went away joins again as a new member, and the group waits for the one it was, with everybody's
 * partitions, until that one's session is over. Never rejects: if it cannot be done, that is what happens. When it
 * settles there is a coordinator that answers: a member that joins at one that froze just now waits much longer.
 */
export const takeLeave = async (cluster: ReaderCluster, logger: Logger, membership: Membership): Promise<void> => {
  const { group: groupId, memberId, topic } = membership;
  try {
    await cluster.use(topic, async (internals) => {
      const coordinator = await internals.findGroupCoordinator({ groupId });
      await coordinator.leaveGroup({ groupId, memberId }).catch((error: unknown) => {
        if (!isUnknown(error)) throw error;
      });
    });
  } catch (error) {
    logger.debug({ group: groupId, error }, 'no leave could be taken of a group');
  }
};

/** It is gone already. */
const isUnknown = (error: unknown): boolean =>
  error instanceof Error && 'type' in error && error.type === 'UNKNOWN_MEMBER_ID';
