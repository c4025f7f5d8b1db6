/**
 * Registrations that Plenum published, or took away: a broker gives them back to Plenum like to any other subscriber, and they say
 * nothing new. What was published is known by itself; of a message without bytes it has to be remembered.
 */
import { hash } from 'node:crypto';
import { nodeOfRegistrationTopic, ownDigest } from '@plenum/device';

export type OwnRegistrations = {
  /** These are being taken away, or were. */
  removed(nodeIds: readonly string[]): void;
  /** Something is retained there again: who takes that away is somebody else. */
  published(nodeId: string): void;
  isOwn(message: { readonly topic: string; readonly payload: Uint8Array }): boolean;
};

/** Of a node that is not ours any more nothing is expected that would be taken for this. */
export const removedMax = 10_000;

export const ownRegistrations = (max = removedMax): OwnRegistrations => {
  const removed = new Set<string>();
  return {
    removed: (nodeIds) => {
      for (const nodeId of nodeIds) {
        removed.delete(nodeId);
        removed.add(nodeId);
      }
      // The first are the oldest.
      for (const oldest of removed) {
        if (removed.size <= max) break;
        removed.delete(oldest);
      }
    },
    published: (nodeId) => void removed.delete(nodeId),
    isOwn: ({ topic, payload }) => {
      const nodeId = nodeOfRegistrationTopic(topic);
      if (nodeId === undefined) return false;
      return payload.length === 0 ? removed.has(nodeId) : ownDigest(topic, payload, sha256) !== undefined;
    },
  };
};

export const sha256 = (text: string): string => hash('sha256', text, 'hex');
