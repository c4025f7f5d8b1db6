import { isEvent } from '@plenum/event';
import { defineProjection, defineTable, provenance, type Recorded, type RowOf } from '@plenum/read-model';
import { storableJson, storableText } from '../storable.ts';
import { securityTopic } from '../topics.ts';
import { SecurityEventSeen, type SecurityEventSeenData } from './security-event-seen.ts';

export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** What was authenticated is worth knowing, what was not a warning, and what went on until it was only counted is critical. */
export const severityOf = ({
  success,
  occurrences,
}: Pick<SecurityEventSeenData, 'success' | 'occurrences'>): Severity => {
  if (success) return 'info';
  return occurrences > 1 ? 'critical' : 'warning';
};

/** Column names are those of the replaced system's `security_events`. */
export const securityEvents = defineTable({
  name: 'security_events',
  about: 'Who was let in and who was not, as far as it was worth a record of its own.',
  columns: {
    ...provenance,
    timestamp: { type: 'timestamptz', about: 'When it happened; of a count, when the counting ended.' },
    event_type: {
      type: 'text',
      about: 'authentication_success, authentication_failed, authorization_failed or rate_limit_exceeded.',
    },
    user_id: { type: 'text', nullable: true, about: 'The identity, where one was made out.' },
    organisation: {
      type: 'text',
      nullable: true,
      about: 'That of the identity; null: none was made out, so it is of the installation.',
    },
    ip_address: { type: 'text', about: 'Where it came from.' },
    user_agent: { type: 'text', nullable: true, about: 'As sent, its start.' },
    resource: { type: 'text', about: 'The path that was asked for.' },
    action: { type: 'text', about: 'Always access.' },
    success: { type: 'boolean', about: 'Whether it was authenticated.' },
    details: { type: 'jsonb', nullable: true, about: 'What else is known, by type of event.' },
    severity: { type: 'text', about: 'info, warning or critical; derived.' },
    occurrences: { type: 'bigint', about: 'How many this row stands for.' },
  },
  key: ['timestamp', 'event_id'],
  indexes: [
    ['user_id', 'timestamp', 'event_id'],
    ['ip_address', 'timestamp', 'event_id'],
  ],
  partitionedBy: 'timestamp',
});

export type SecurityEventsRow = RowOf<typeof securityEvents>;

const securityEventsRow = ({ event, partition, offset }: Recorded): SecurityEventsRow | undefined => {
  if (!isEvent<SecurityEventSeenData>(SecurityEventSeen, event)) return undefined;
  const { data } = event;
  return {
    event_id: event.id,
    timestamp: event.effectiveTimeUs,
    event_type: storableText(data.event_type),
    user_id: data.user_id === undefined ? undefined : storableText(data.user_id),
    organisation: data.organisation === undefined ? undefined : storableText(data.organisation),
    ip_address: storableText(data.ip_address),
    user_agent: data.user_agent === undefined ? undefined : storableText(data.user_agent),
    resource: storableText(data.resource),
    action: storableText(data.action),
    success: data.success,
    details: storableJson(data.details),
    severity: severityOf(data),
    occurrences: BigInt(data.occurrences),
    log_partition: partition,
    log_offset: offset,
  };
};

export const securityEventsProjection = defineProjection<SecurityEventsRow>({
  name: 'security_events',
  version: 2,
  about: 'Who was let in and who was not.',
  topics: [securityTopic.name],
  entry: securityEventsRow,
  ledger: securityEvents,
  folds: [],
});
