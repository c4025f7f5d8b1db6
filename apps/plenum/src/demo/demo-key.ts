/**
 * The API key that a demonstration issues to itself: it may read what sensors say, what was refused and why, and how the read
 * models follow; enrol nodes and command them; design a ceiling, and ask for files. It ends with the demonstration.
 */
import { randomUUID } from 'node:crypto';
import type { Authentication } from '@plenum/authentication';
import { plenumItself as actor } from '@plenum/event';

export type DemoKey = { readonly id: string; readonly secret: string };

/** For when the demonstration is killed: the key outlives it no longer. */
const lifetimeMs = 24 * 60 * 60 * 1_000;
/** A page that somebody keeps reloading and a few tools besides, and a fleet that is enrolled and commanded. */
const rateLimit = 100_000;
/** What a demonstration is about: readings, malformed messages, counters that balance; nodes that sign in and do as they are told; a ceiling, and its drawings. */
const permissions: readonly string[] = [
  ...['read:sensors', 'read:quarantine', 'read:projection'],
  ...['write:nodes', 'read:commands', 'write:commands'],
  ...['read:projects', 'write:projects', 'approve:projects', 'read:exports', 'write:exports'],
];

/** Works with a key that is revoked afterwards. @throws TransientFailure; what `work` throws. */
export const withDemoKey = async <T>(
  { keys }: Pick<Authentication, 'keys'>,
  work: (key: DemoKey) => Promise<T>,
): Promise<T> => {
  const issued = await keys.issue({
    ...{ name: 'demo', role: 'guest', permissions, rateLimit, expiresAtUs: (Date.now() + lifetimeMs) * 1_000 },
    ...{ actor, id: randomUUID() },
  });
  if (issued.outcome !== 'done' || issued.secret === undefined) {
    throw new Error(`the demonstration got no key: ${issued.outcome === 'refused' ? issued.reason : issued.outcome}`);
  }
  const { id, secret } = issued;
  try {
    return await work({ id, secret });
  } finally {
    await keys.revoke(id, { actor, id: randomUUID() });
  }
};
