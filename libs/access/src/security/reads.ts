/** Reads of security events. Rows come back as they go out: times as UTC text, counts as numbers, NULL as null. */
import { formatTimeUs } from '@plenum/event';
import { binder, type Rows, type ShownRow, type Sql, selectedColumns } from '@plenum/read-model';
import { securityEvents } from './security-events.ts';

export type SecurityReads = {
  /** One page of security events, the last first. */
  readonly page: (asked: SecurityAsked) => Promise<Rows<SecurityEventShown>>;
};

export type SecurityAsked = {
  readonly organisation?: string | undefined;
  readonly user?: string | undefined;
  readonly address?: string | undefined;
  readonly type?: string | undefined;
  readonly severity?: string | undefined;
  /** Inclusive. */
  readonly fromUs?: number | undefined;
  /** Exclusive. */
  readonly toUs?: number | undefined;
  readonly after?: SecurityPlace | undefined;
  readonly limit: number;
};

export type SecurityPlace = Pick<SecurityEventShown, 'timestamp' | 'event_id'>;

export type SecurityEventShown = ShownRow<typeof securityEvents>;

const columns = selectedColumns(securityEvents, 's');

export const securityReads = (sql: Sql): SecurityReads => ({
  page: async (asked) => {
    const { parameters, bind } = binder();
    const conditions = ['true'];
    if (asked.organisation !== undefined) conditions.push(`s.organisation = ${bind(asked.organisation)}`);
    if (asked.user !== undefined) conditions.push(`s.user_id = ${bind(asked.user)}`);
    if (asked.address !== undefined) conditions.push(`s.ip_address = ${bind(asked.address)}`);
    if (asked.type !== undefined) conditions.push(`s.event_type = ${bind(asked.type)}`);
    if (asked.severity !== undefined) conditions.push(`s.severity = ${bind(asked.severity)}`);
    if (asked.fromUs !== undefined) {
      conditions.push(`s."timestamp" >= ${bind(formatTimeUs(asked.fromUs))}::timestamptz`);
    }
    if (asked.toUs !== undefined) conditions.push(`s."timestamp" < ${bind(formatTimeUs(asked.toUs))}::timestamptz`);
    if (asked.after !== undefined) {
      const place = `(${bind(asked.after.timestamp)}::timestamptz, ${bind(asked.after.event_id)}::uuid)`;
      conditions.push(`(s."timestamp", s.event_id) < ${place}`);
    }
    return sql(
      `select ${columns} from public.security_events s
       where ${conditions.join(' and ')} order by s."timestamp" desc, s.event_id desc limit ${bind(asked.limit)}`,
      parameters,
      asked.limit,
    );
  },
});
