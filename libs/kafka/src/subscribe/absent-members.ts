/**
 * Members whose process was killed. A group waits for each until its session is over, with everybody's partitions, as soon as
 * somebody joins. So every member carries its process's mark in what it tells the group, and a process about to join takes
 * leave for those whose process is gone.
 */
import type { Logger, Presence } from '@plenum/runtime';
import kafkajs, { type PartitionAssigner } from 'kafkajs';
import type { DescribedMember } from '../read/internals.ts';
import type { ReaderCluster } from '../read/reader-cluster.ts';
import { takeLeave } from './take-leave.ts';

const { AssignerProtocol, PartitionAssigners } = kafkajs;
const before = 'plenum ';

/** kafkajs' own, with the mark beside the topics that a member wants. */
export const markedAssigner =
  (mark: string): PartitionAssigner =>
  (config) => {
    const assigner = PartitionAssigners.roundRobin(config);
    const userData = Buffer.from(`${before}${mark}`);
    const metadataOf = (topics: string[]): Buffer =>
      AssignerProtocol.MemberMetadata.encode({ version: assigner.version, topics, userData });
    return { ...assigner, protocol: ({ topics }) => ({ name: assigner.name, metadata: metadataOf(topics) }) };
  };

/** `undefined`: not one of ours, or a group that is just being shared anew, which says nothing of its members. */
export const markOf = (memberMetadata: Buffer): string | undefined => {
  if (memberMetadata.length === 0) return undefined;
  const text = AssignerProtocol.MemberMetadata.decode(memberMetadata)?.userData.toString() ?? '';
  return text.startsWith(before) ? text.slice(before.length) : undefined;
};

export type LeaveForAbsent = {
  readonly cluster: ReaderCluster;
  readonly presence: Presence;
  readonly logger: Logger;
  readonly group: string;
  /** Any that is there. */
  readonly topic: string;
};

/** Never rejects: if it cannot be done, the group waits for them. */
export const leaveForAbsent = async (parts: LeaveForAbsent): Promise<void> => {
  const { cluster, presence, logger, group, topic } = parts;
  try {
    const members = await membersOf(cluster, group, topic);
    const marked = members.map(({ memberId, memberMetadata }) => ({ memberId, mark: markOf(memberMetadata) }));
    const marks = marked.flatMap(({ mark }) => (mark === undefined ? [] : [mark]));
    const absent = new Set(marks.length === 0 ? [] : await presence.absent([...new Set(marks)]));
    for (const { memberId, mark } of marked) {
      if (mark === undefined || !absent.has(mark)) continue;
      logger.info({ group, memberId }, 'a member whose process is gone is taken out of its group');
      await takeLeave(cluster, logger, { group, memberId, topic });
    }
  } catch (error) {
    logger.debug({ group, error }, 'it cannot be asked who of a group is gone');
  }
};

const membersOf = (cluster: ReaderCluster, group: string, topic: string): Promise<readonly DescribedMember[]> =>
  cluster.use(topic, async (internals) => {
    const coordinator = await internals.findGroupCoordinator({ groupId: group });
    const { groups } = await coordinator.describeGroups({ groupIds: [group] });
    return groups.flatMap(({ members }) => members);
  });
