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
import { type DeviceMessages, type Logger, TransientFailure } from '@plenum/runtime';
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
/** The table of enrolled nodes is some moments behind the decisions. */
const behindMs = 200;

export const registrationRounds = (parts: RegistrationRoundsParts): NodeRounds => {
  const { reads, counting, lookAgain } = parts;
  const look = async (nodeIds: readonly string[]): Promise<void> => {
    for (let at = 0; at < nodeIds.length; at += nodesMax) {
      const some = nodeIds.slice(at, at + nodesMax);
      // Asked before the rows: what comes to be in them meanwhile is looked at once more, and not missed.
      for (const nodeId of await reads.behind(some)) lookAgain(nodeId, behindMs);
      await settle(parts, await reads.due(some));
    }
  };
  return {
    look,
    lookAgain: look,
    compare: async () => {
      let afterNode: string | undefined;
      for (;;) {
        const wanted = await reads.page(afterNode, nodesMax);
        await settle(parts, wanted);
        afterNode = wanted.at(-1)?.node_id;
        if (wanted.length < nodesMax) break;
      }
      counting.compared();
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

/** Published first and remembered then: who ends in between publishes the same bytes again. A removal is announced before, as well. */
const settle = async (parts: RegistrationRoundsParts, wanted: readonly WantedRegistration[]): Promise<void> => {
  const { reads, own, isHeld } = parts;
  const tasks = await Promise.all(wanted.map((one) => taskOf(parts, one)));
  const removals = tasks.filter(({ does }) => does === 'remove').map(({ settled }) => settled);
  if (removals.length > 0) {
    await reads.remember(removals.map((one) => ({ ...one, state: 'removing' })));
    own.removed(removals.map(({ node_id }) => node_id));
  }
  // A process that was frozen hears late that another one does it.
  if (!isHeld()) throw new TransientFailure('lease-lost', 'another process publishes the registrations');
  const done = await Promise.all(tasks.map((task) => carriedOut(parts, task)));
  const settled = done.filter((one) => typeof one !== 'string');
  if (settled.length > 0) await reads.remember(settled);
  if (done.includes('unknown')) throw new TransientFailure('mqtt-away', 'a registration was not acknowledged');
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

const carriedOut = async (
  { devices, own, counting, logger }: RegistrationRoundsParts,
  { does, topic, payload, settled, isNew }: Task,
): Promise<SettledRegistration | 'refused' | 'unknown'> => {
  const { node_id: nodeId, state } = settled;
  if (does === 'nothing') {
    if (state === 'left' && isNew) counting.became('left');
    return settled;
  }
  if (does === 'publish') own.published(nodeId);
  const retention = await devices.retain(topic, payload);
  if (retention.outcome === 'unknown') return 'unknown';
  if (retention.outcome === 'refused') {
    counting.became('refused');
    logger.error({ nodeId, reason: retention.reason }, 'the registration of a node is not taken: it is tried again');
    return 'refused';
  }
  counting.became(does === 'publish' ? 'published' : 'removed');
  logger.info({ nodeId }, does === 'publish' ? 'the registration of a node is retained' : 'it is retained no more');
  return settled;
};
