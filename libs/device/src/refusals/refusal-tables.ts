import { columnsWithout, defineTable, provenance, type RowOf } from '@plenum/read-model';

const said = {
  client_id: { type: 'text', about: 'The MQTT client id.' },
  node_id: { type: 'text', nullable: true, about: 'The node that it said it is; null when it named none.' },
  code: {
    type: 'text',
    about: 'Why, for machines: no-credentials, unknown-node, wrong-credentials, disabled or other-client-id.',
  },
  why: { type: 'text', about: 'Why, for people.' },
  admitted: { type: 'boolean', about: 'Whether it was let in all the same, since nobody had to sign in.' },
  replica: { type: 'text', about: 'The bridge that it came to.' },
  count: { type: 'bigint', about: 'How often.' },
} as const;

/** Each event once: what comes again is not counted again. */
export const refusalsLedger = defineTable({
  name: 'client_refusals',
  about: 'What bridges reported of clients that did not sign in, each client once a minute at most.',
  columns: {
    ...provenance,
    refused_time: { type: 'timestamptz', about: 'The last time that is counted.' },
    ...said,
  },
  key: ['event_id'],
});

export type RefusalsLedgerRow = RowOf<typeof refusalsLedger>;

export const refusedClientsTable = defineTable({
  name: 'refused_clients',
  about:
    'Every MQTT client that ever came to the MQTT listener and did not sign in as a node. All but the count is of the last time.',
  columns: {
    ...provenance,
    ...said,
    first_time: { type: 'timestamptz', about: 'The first time that was reported.' },
    last_time: { type: 'timestamptz', about: 'The last time that was reported.' },
  },
  key: ['client_id'],
});

export type RefusedClientsRow = RowOf<typeof refusedClientsTable>;

/** A count is of many events, so it shows none. */
export const refusedClientsShown = columnsWithout(refusedClientsTable, 'event_id', 'log_partition', 'log_offset');
