/** The rules about one node: it is enrolled, gets keys or a certificate, and may be disabled or removed. */
import {
  type Actor,
  actorName,
  type Decided,
  type Decider,
  decided,
  type Fault,
  faulty,
  isEvent,
  type NewEvent,
  newEvent,
  refused,
} from '@plenum/event';
import {
  NodeCertificateSet,
  NodeChanged,
  type NodeDescription,
  NodeDisabled,
  NodeEnabled,
  NodeEnrolled,
  NodeKeyIssued,
  NodeKeyRevoked,
  NodeRemoved,
} from './node-events.ts';
import { nodeIdProblem } from './node-id.ts';
import { sensorIdOf } from './node-topics.ts';

/** `undefined`: it is not ours, or not any more. */
export type NodeState = EnrolledNode | undefined;

export type EnrolledNode = {
  readonly nodeId: string;
  readonly description: NodeDescription;
  readonly isDisabled: boolean;
  /** Those that open something, the oldest first. */
  readonly keyIds: readonly string[];
  /** The common name of the certificate that it signs in with. */
  readonly certificate: string | undefined;
};

/** While a fleet changes over, the former key of a node goes on. */
export const keysMax = 2;
export const sensorsMax = 64;

export type KeyEnd = 'revoked' | 'not-provisioned';

/** What is asked for about a node. */
type Asked = {
  /** `orSame`: nothing is to do where the node is enrolled with the same description; without it, that is refused as well. */
  readonly enrol: { readonly nodeId: string; readonly description: NodeDescription; readonly orSame?: boolean };
  readonly change: { readonly description: NodeDescription };
  readonly 'issue-key': { readonly keyId: string; readonly keyHash: string };
  readonly 'revoke-key': { readonly keyId: string; readonly reason: KeyEnd };
  readonly 'set-certificate': { readonly subject: string | undefined };
  readonly disable: object;
  readonly enable: object;
  readonly remove: object;
};

export type NodeCommand = {
  readonly [Do in keyof Asked]: { readonly do: Do; readonly actor: Actor } & Asked[Do];
}[keyof Asked];

const decide = (state: NodeState, command: NodeCommand): Decided => {
  const by = actorName(command.actor);
  if (command.do === 'enrol') return enrol(state, command, by);
  if (state === undefined) return refused('not-found', 'No node of this id is enrolled.');
  const node_id = state.nodeId;
  switch (command.do) {
    case 'change':
      return (
        complaintAbout(node_id, command.description) ??
        (same(state.description, command.description)
          ? decided()
          : decided(newEvent(NodeChanged, { node_id, ...command.description, by })))
      );
    case 'issue-key':
      if (state.keyIds.includes(command.keyId)) return refused('exists', 'The node has a key of this id already.');
      return state.keyIds.length < keysMax
        ? decided(newEvent(NodeKeyIssued, { node_id, key_id: command.keyId, key_hash: command.keyHash, by }))
        : refused('not-now', `A node has at most ${keysMax} keys: revoke one first.`);
    case 'revoke-key': {
      const { keyId: key_id, reason } = command;
      return state.keyIds.includes(key_id)
        ? decided(newEvent(NodeKeyRevoked, { node_id, key_id, reason, by }))
        : refused('not-found', 'The node has no key of this id.');
    }
    case 'set-certificate': {
      const { subject } = command;
      const problem = subject === undefined ? undefined : certificateProblem(subject);
      if (problem !== undefined) return faulty([{ field: 'certificate', detail: problem }]);
      return state.certificate === subject
        ? decided()
        : decided(newEvent(NodeCertificateSet, { node_id, subject, by }));
    }
    case 'disable':
      return state.isDisabled ? decided() : decided(newEvent(NodeDisabled, { node_id, by }));
    case 'enable':
      return state.isDisabled ? decided(newEvent(NodeEnabled, { node_id, by })) : decided();
    case 'remove':
      return decided(newEvent(NodeRemoved, { node_id, by }));
  }
};

const enrol = (state: NodeState, { nodeId, description, orSame }: Asked['enrol'], by: string): Decided => {
  if (state !== undefined && orSame === true && same(state.description, description)) return decided();
  if (state !== undefined) return refused('exists', 'A node of this id is enrolled already.');
  const problem = nodeIdProblem(nodeId);
  if (problem !== undefined) return faulty([{ field: 'node_id', detail: problem }]);
  return (
    complaintAbout(nodeId, description) ?? decided(newEvent(NodeEnrolled, { node_id: nodeId, ...description, by }))
  );
};

const complaintAbout = (nodeId: string, { sensors }: NodeDescription): Decided | undefined => {
  const ids = sensors.map((sensor) => sensorIdOf(nodeId, sensor));
  const faults: Fault[] = [];
  if (ids.length > sensorsMax) faults.push({ field: 'sensors', detail: `has at most ${sensorsMax} entries` });
  if (new Set(ids).size < ids.length) faults.push({ field: 'sensors', detail: 'names a sensor twice' });
  if (!ids.every(isSensorId)) {
    const detail = 'holds sensor types, or sensor ids of 1 to 200 characters without /, +, # and control characters';
    faults.push({ field: 'sensors', detail });
  }
  const [first, ...rest] = faults;
  return first && faulty([first, ...rest]);
};

const isSensorId = (text: string): boolean => /^[^\u0000-\u001f\u007f/+#]{1,200}$/u.test(text) && text.isWellFormed();

const certificateProblem = (subject: string): string | undefined =>
  /^[^\u0000-\u001f\u007f]{1,64}$/u.test(subject) && subject.isWellFormed()
    ? undefined
    : 'takes the common name of a subject: 1 to 64 characters, none of them a control character';

const same = (one: NodeDescription, other: NodeDescription): boolean =>
  one.firmware_version === other.firmware_version &&
  one.capabilities === other.capabilities &&
  one.sensors.length === other.sensors.length &&
  one.sensors.every((sensor, index) => sensor === other.sensors[index]) &&
  (['x', 'y', 'z', 'zone'] as const).every((part) => one.location[part] === other.location[part]);

const evolve = (state: NodeState, happened: NewEvent): NodeState => {
  if (isEvent(NodeEnrolled, happened)) {
    const { node_id: nodeId, by: _by, ...description } = happened.data;
    return { nodeId, description, isDisabled: false, keyIds: [], certificate: undefined };
  }
  return state && changedBy(state, happened);
};

const changedBy = (state: EnrolledNode, happened: NewEvent): NodeState => {
  if (isEvent(NodeChanged, happened)) {
    const { node_id: _id, by: _by, ...description } = happened.data;
    return { ...state, description };
  }
  if (isEvent(NodeKeyIssued, happened)) return { ...state, keyIds: [...state.keyIds, happened.data.key_id] };
  if (isEvent(NodeKeyRevoked, happened)) {
    const { key_id } = happened.data;
    return { ...state, keyIds: state.keyIds.filter((one) => one !== key_id) };
  }
  if (isEvent(NodeCertificateSet, happened)) return { ...state, certificate: happened.data.subject };
  if (isEvent(NodeDisabled, happened)) return { ...state, isDisabled: true };
  if (isEvent(NodeEnabled, happened)) return { ...state, isDisabled: false };
  return isEvent(NodeRemoved, happened) ? undefined : state;
};

export const nodeRules: Decider<NodeState, NodeCommand> = {
  initial: undefined,
  decide,
  evolve,
  // Two nodes that may publish as one sensor could speak for each other, and so could two with one certificate.
  reserves: (state) =>
    state === undefined
      ? []
      : [
          ...state.description.sensors.map((sensor) => `sensor:${sensorIdOf(state.nodeId, sensor)}`),
          ...(state.certificate === undefined ? [] : [`device-certificate:${state.certificate}`]),
        ],
  reservedReason: 'Another node has one of these sensors, or this certificate.',
  ofInstallation: true,
};
