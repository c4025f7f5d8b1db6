import { columnsWithout, defineTable, provenance, type RowOf } from '@plenum/read-model';

export const presenceTable = defineTable({
  name: 'device_presence',
  about: 'Every MQTT client that was ever connected to the MQTT listener, and its last connection.',
  columns: {
    ...provenance,
    client_id: { type: 'text', about: 'The MQTT client id.' },
    connected: { type: 'boolean', about: 'Whether it is connected, as far as bridges said.' },
    since: { type: 'timestamptz', nullable: true, about: 'When its last connection began; null where nobody knows.' },
    replica: { type: 'text', nullable: true, about: 'The bridge that it is or was connected to.' },
    connection_id: { type: 'uuid', nullable: true, about: 'Its last connection.' },
    last_seen: { type: 'timestamptz', nullable: true, about: 'Its last packet that was reported; thinned out.' },
    disconnected_at: { type: 'timestamptz', nullable: true, about: 'When that ended; null while it is connected.' },
    reason: {
      type: 'text',
      nullable: true,
      about:
        'Why: client, lost, keepalive, taken-over, violation, shutdown, refused or server-gone; null while it is connected.',
    },
    protocol: { type: 'text', nullable: true, about: 'The version of MQTT: 3.1, 3.1.1 or 5.' },
    user_name: { type: 'text', nullable: true, about: 'The user name that it gave.' },
    keepalive_s: { type: 'integer', nullable: true, about: 'Its keepalive in seconds; 0 for none.' },
    event_time: { type: 'timestamptz', about: 'Effective time of the event this row was last changed by.' },
    connected_event: { type: 'uuid', nullable: true, about: 'The event that says protocol, user name and keepalive.' },
    ended_event: { type: 'uuid', nullable: true, about: 'The event that says that this very connection ended.' },
    gone_time: { type: 'timestamptz', nullable: true, about: 'Connections until then are gone with their bridge.' },
  },
  key: ['client_id'],
});

export type PresenceRow = RowOf<typeof presenceTable>;

/** What is compared to find what came late is for the fold alone. */
export const presenceShown = columnsWithout(presenceTable, 'event_time', 'connected_event', 'ended_event', 'gone_time');
