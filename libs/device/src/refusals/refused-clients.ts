/**
 * Which MQTT clients did not sign in, and why. Several bridges report them, and what they say may come late: the row shows the
 * refusal that was last by effective time, and counts each event once.
 */
import { isEvent } from '@plenum/event';
import { defineFold, defineProjection, isLater } from '@plenum/read-model';
import { presenceTopic } from '../topics.ts';
import { ClientRefused, type ClientRefusedData } from './refusal-events.ts';
import {
  type RefusalsLedgerRow,
  type RefusedClientsRow,
  refusalsLedger,
  refusedClientsTable,
} from './refusal-tables.ts';

export const refusedClients = defineFold<RefusalsLedgerRow, RefusedClientsRow>({
  table: refusedClientsTable,
  keyOf: ({ client_id }) => ({ client_id }),
  fold: (row, { refused_time, ...said }) => {
    const isLast = isLater(
      { timeUs: refused_time, id: said.event_id },
      row && { timeUs: row.last_time, id: row.event_id },
    );
    return {
      ...(row === undefined || isLast ? said : row),
      count: (row?.count ?? 0n) + said.count,
      first_time: Math.min(row?.first_time ?? refused_time, refused_time),
      last_time: Math.max(row?.last_time ?? refused_time, refused_time),
    };
  },
});

export const refusedClientsProjection = defineProjection<RefusalsLedgerRow>({
  name: 'refused_clients',
  version: 1,
  about: 'MQTT clients that did not sign in as nodes: which, how often, and why.',
  topics: [presenceTopic.name],
  entry: ({ event, partition, offset }) => {
    if (!isEvent<ClientRefusedData>(ClientRefused, event)) return undefined;
    const { count, ...said } = event.data;
    const place = { event_id: event.id, log_partition: partition, log_offset: offset };
    return { ...place, refused_time: event.effectiveTimeUs, ...said, count: BigInt(count) };
  },
  ledger: refusalsLedger,
  folds: [refusedClients],
});
