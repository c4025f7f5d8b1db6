/** What of devices can be followed live. */
import type { StreamKind } from '@plenum/domain';
import {
  CommandAccepted,
  CommandCancelled,
  CommandDelivered,
  CommandExecuting,
  CommandExpired,
  CommandFailed,
  CommandNotTaken,
  CommandRequested,
  CommandSent,
  CommandSucceeded,
  CommandUnanswered,
} from './commands/command-events.ts';
import {
  NodeCertificateSet,
  NodeChanged,
  NodeDisabled,
  NodeEnabled,
  NodeEnrolled,
  NodeKeyIssued,
  NodeKeyRevoked,
  NodeRemoved,
} from './nodes/node-events.ts';
import { ClientConnected, ClientDisconnected, ClientSeen } from './presence/presence-events.ts';

const ofInstallation = { permission: 'read:devices', whose: 'installation' } as const;

export const deviceStreams: readonly StreamKind[] = [
  {
    ...{ kind: 'presence', about: 'MQTT clients that connect, are still there, and disconnect.', ...ofInstallation },
    events: [ClientConnected, ClientSeen, ClientDisconnected],
    fields: {
      ...{ client_id: 'as-is', replica: 'as-is', connection_id: 'as-is', protocol: 'as-is', user_name: 'as-is' },
      ...{ keepalive_s: 'as-is', reason: 'as-is', connected_time: 'time', disconnected_time: 'time' },
      last_packet_time: 'time',
    },
    filters: { client_id: ['client_id'], replica: ['replica'] },
  },
  {
    ...{
      kind: 'node-decisions',
      about: 'What is decided about nodes. Hashes of keys are not shown.',
      ...ofInstallation,
    },
    events: [
      ...[NodeEnrolled, NodeChanged, NodeKeyIssued, NodeKeyRevoked, NodeCertificateSet],
      ...[NodeDisabled, NodeEnabled, NodeRemoved],
    ],
    fields: {
      ...{ node_id: 'as-is', location: 'as-is', sensors: 'as-is', firmware_version: 'as-is', capabilities: 'json' },
      ...{ key_id: 'as-is', subject: 'as-is', by: 'as-is' },
    },
    filters: { node_id: ['node_id'], zone: ['location', 'zone'] },
  },
  {
    ...{ kind: 'commands', about: 'Commands to nodes: every step of each, with its evidence.' },
    ...{ permission: 'read:commands', whose: 'installation' },
    events: [
      ...[CommandRequested, CommandAccepted, CommandSent, CommandNotTaken, CommandDelivered, CommandExecuting],
      ...[CommandSucceeded, CommandFailed, CommandUnanswered, CommandExpired, CommandCancelled],
    ],
    fields: {
      ...{ command_id: 'as-is', node_id: 'as-is', target: 'as-is', nodes: 'as-is', parent: 'as-is', command: 'as-is' },
      ...{ parameters: 'json', by: 'as-is', expires_at: 'time', answer_within_ms: 'as-is', attempt: 'as-is' },
      ...{ attempts: 'as-is', replica: 'as-is', why: 'as-is', reason: 'as-is', retry_at: 'time', evidence: 'as-is' },
      ...{ answer_by: 'time', answer_id: 'as-is', detail: 'as-is', result: 'json' },
    },
    filters: { node_id: ['node_id'], command_id: ['command_id'] },
  },
];
