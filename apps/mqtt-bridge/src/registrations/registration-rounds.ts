/** Brings what is retained of nodes to what is decided: of some nodes, or of all about which something was decided since. */
import {
  ownDigest,
  type RegistrationReads,
  type RetainedRegistration,
  registrationDecision,
  registrationOf,
  registrationTopic,
  type SettledRegistration,
  type WantedRegistration,
} from '@plenum/device';
import { type DeviceMessages, type Logger, TransientFailure, turns } from '@plenum/runtime';
import type { Holding, NodeRounds } from '../keeping/keep-nodes.ts';
import { type OwnRegistrations, sha256 } from './own-registrations.ts';
import type { CountingRegistrations } from './registration-counts.ts';

export type RegistrationRoundsParts = Holding & {
  readonly devices: Pick<DeviceMessages, 'retain' | 'retainedOn'>;
  readonly reads: RegistrationReads;
  /** Of what comes back; nothing does where devices connect to the bridge itself. */
  readonly own: Pick<OwnRegistrations, 'removed' | 'published'>;
  readonly counting: CountingRegistrations;
  readonly logger: Logger;
};

/** At a time. */
const nodesMax = 20;
/** The table of enrolled nodes is some moments behind the decisions. Where it is more than some seconds, the next comparison finds them. */
const behindMs = { first: 200, max: 12_800 };
/** Of all nodes, so many are waited for between two comparisons. */
const behindMax = 200;

export const registrationRounds = (parts: RegistrationRoundsParts): NodeRounds => {
  const { reads, counting, lookAgain } = parts;
  // One round after the other, with its rows: a row that was read before is not published after what another round has published since.
  const { run: inTurn } = turns({ atATime: 1 });
  const settleRows = (rows: () => Promise<readonly WantedRegistration[]>) =>
    inTurn(async () => {
      const wanted = await rows();
      return { wanted, ...(await settle(parts, wanted)) };
    });
  const behind = new Map<string, number>();
  const wait = (nodeId: string): void => {
    const afterMs = 2 * (behind.get(nodeId) ?? behindMs.first / 2);
    if (afterMs > behindMs.max) behind.delete(nodeId);
    else {
      behind.set(nodeId, afterMs);
      lookAgain(nodeId, afterMs);
    }
  };
  const look = async (nodeIds: readonly string[]): Promise<void> => {
    for (let at = 0; at < nodeIds.length; at += nodesMax) {
      const some = nodeIds.slice(at, at + nodesMax);
      // Asked before the rows: what comes to be in them meanwhile is looked at once more, and not missed.
      const late = new Set(await reads.behind(some));
      await settleRows(() => reads.due(some));
      for (const nodeId of some) {
        if (late.has(nodeId)) wait(nodeId);
        else behind.delete(nodeId);
      }
    }
  };
  /** Where the last comparison was given up. */
  let goesOnAfter: string | undefined;
  return {
    look,
    lookAgain: look,
    compare: async () => {
      const isWhole = goesOnAfter === undefined;
      let afterNode = goesOnAfter;
      let refusedInARow = 0;
      goesOnAfter = undefined;
      // What was decided just before this one listened is not in the rows yet, and nobody says so once it is.
      for (const nodeId of await reads.anyBehind(behindMax)) if (!behind.has(nodeId)) wait(nodeId);
      for (;;) {
        const after = afterNode;
        const { wanted, taken, refused } = await settleRows(() => reads.page(after, nodesMax));
        afterNode = wanted.at(-1)?.node_id;
        if (wanted.length < nodesMax) break;
        refusedInARow = taken > 0 ? 0 : refusedInARow + refused;
        // Who takes none of so many takes none of thousands: they are not all tried each minute.
        if (refusedInARow >= nodesMax) {
          goesOnAfter = afterNode;
          return;
        }
      }
      if (isWhole) counting.compared();
    },
  };
};

/** What is to be done about one node, and what is to be remembered of it when that is done. */
type Task = {
  readonly does: 'publish' | 'remove' | 'nothing';
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly settled: SettledRegistration;
  readonly isNew: boolean;
};

/** How many the broker, or the store, has taken and has not. */
type Settled = { readonly taken: number; readonly refused: number };

/** Published first and remembered then: who ends in between publishes the same bytes again. A removal is announced before, as well. */
const settle = async (parts: RegistrationRoundsParts, wanted: readonly WantedRegistration[]): Promise<Settled> => {
  const { reads, own, isHeld, logger } = parts;
  const tasks = await Promise.all(wanted.map((one) => taskOf(parts, one)));
  const removals = tasks.filter(({ does }) => does === 'remove').map(({ settled }) => settled);
  if (removals.length > 0) {
    await reads.remember(removals.map((one) => ({ ...one, state: 'removing' })));
    own.removed(removals.map(({ node_id }) => node_id));
  }
  // A process that was frozen hears late that another one does it.
  if (!isHeld()) throw new TransientFailure('lease-lost', 'another process publishes the registrations');
  const done = await Promise.all(tasks.map((task) => carriedOut(parts, task)));
  const settled = done.filter((one) => 'state' in one);
  if (settled.length > 0) await reads.remember(settled);
  const refused = done.filter((one) => 'refused' in one);
  if (refused[0] !== undefined) {
    const nodes = { nodeIds: refused.map((one) => one.refused), reason: refused[0].reason };
    logger.error(nodes, 'registrations of nodes are not taken: they are tried again with the next comparison');
  }
  if (done.some((one) => 'unknown' in one))
    throw new TransientFailure('mqtt-away', 'a registration was not acknowledged');
  const taken = tasks.filter((task) => task.does !== 'nothing' && settled.includes(task.settled));
  return { taken: taken.length, refused: refused.length };
};

const taskOf = async (parts: RegistrationRoundsParts, wanted: WantedRegistration): Promise<Task> => {
  const { node_id, stream_version, node, published, hasSpokenSince } = wanted;
  const registration = node && registrationOf(node, sha256);
  const topic = registrationTopic(node_id);
  const situation = { wanted: registration?.digest, published, hasSpokenSince };
  const first = registrationDecision({ ...situation, retained: 'unread' });
  const decision =
    first.do === 'look'
      ? registrationDecision({ ...situation, retained: await retainedOf(parts.devices, topic) })
      : first;
  const settled = { node_id, stream_version, digest: registration?.digest };
  const task = { topic, payload: registration?.payload ?? nothing, isNew: true };
  switch (decision.do) {
    case 'publish':
      return { ...task, does: 'publish', settled: { ...settled, state: 'published' } };
    case 'remove':
      return { ...task, does: 'remove', settled: { ...settled, state: 'removed' } };
    case 'remember': {
      const { state } = decision;
      return { ...task, does: 'nothing', settled: { ...settled, state }, isNew: state !== published?.state };
    }
    case 'look':
      throw new Error('what is retained was read, and is asked for once more');
  }
};

const nothing = new Uint8Array();

const retainedOf = async (
  devices: Pick<DeviceMessages, 'retainedOn'>,
  topic: string,
): Promise<RetainedRegistration> => {
  const payload = await devices.retainedOn(topic);
  if (payload === undefined) return 'nothing';
  const ours = ownDigest(topic, payload, sha256);
  return ours === undefined ? 'others' : { ours };
};

type CarriedOut =
  | SettledRegistration
  | { readonly refused: string; readonly reason: number }
  | { readonly unknown: string };

const carriedOut = async (
  { devices, own, counting, stop }: RegistrationRoundsParts,
  { does, topic, payload, settled, isNew }: Task,
): Promise<CarriedOut> => {
  const { node_id: nodeId, state } = settled;
  if (does === 'nothing') {
    if (state === 'left' && isNew) counting.became('left');
    return settled;
  }
  if (does === 'publish') own.published(nodeId);
  // What waits for a broker that is away must not come after what another process publishes.
  const retention = await devices.retain(topic, payload, stop);
  if (retention.outcome === 'unknown') return { unknown: nodeId };
  if (retention.outcome === 'refused') {
    counting.became('refused');
    return { refused: nodeId, reason: retention.reason };
  }
  counting.became(does === 'publish' ? 'published' : 'removed');
  return settled;
};
