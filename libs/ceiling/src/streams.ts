/** What of the ceiling can be followed live. */
import type { StreamKind } from '@plenum/domain';
import { CommandSeen, NodeRegistered, NodeStatusReported, ReadingReported } from './events.ts';

const permission = 'read:sensors';
const ofInstallation = { permission, whose: 'installation' } as const;
const devicesOwn = { timestamp: 'as-is', device_time: 'time', message_id: 'as-is' } as const;

export const ceilingStreams: readonly StreamKind[] = [
  {
    ...{ kind: 'readings', about: 'Every reading, as sent.', events: [ReadingReported], ...ofInstallation },
    fields: {
      ...{ sensor_id: 'as-is', node_id: 'as-is', sensor_type: 'as-is', value: 'as-is', unit: 'as-is' },
      ...{ location: 'as-is', metadata: 'json', ...devicesOwn },
    },
    filters: {
      ...{ node_id: ['node_id'], sensor_id: ['sensor_id'], sensor_type: ['sensor_type'] },
      zone: ['location', 'zone'],
    },
  },
  {
    ...{ kind: 'node-reports', about: 'What nodes say of themselves: registrations and status.', ...ofInstallation },
    events: [NodeRegistered, NodeStatusReported],
    fields: {
      ...{ node_id: 'as-is', status: 'as-is', battery_level: 'as-is', firmware_version: 'as-is', sensors: 'as-is' },
      ...{ location: 'as-is', capabilities: 'json', last_seen: 'as-is', ...devicesOwn },
    },
    filters: { node_id: ['node_id'], status: ['status'] },
  },
  {
    ...{ kind: 'commands-seen', about: 'Commands to nodes that somebody else published.', ...ofInstallation },
    events: [CommandSeen],
    fields: { target: 'as-is', command: 'as-is', parameters: 'json', ...devicesOwn },
    filters: { node_id: ['target'] },
  },
];
