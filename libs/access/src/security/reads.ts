/** Reads of security events. Rows come back as they go out: times as UTC text, counts as numbers, NULL as null. */
import { formatTimeUs } from '@plenum/event';
import { binder, type Rows, type Sql } from '@plenum/read-model';

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

export type SecurityEventShown = {
  readonly event_id: string;
  readonly timestamp: string;
  readonly event_type: string;
  readonly organisation: string | null;
  readonly user_id: string | null;
  readonly ip_address: string;
  readonly user_agent: string | null;
  readonly resource: string;
  readonly action: string;
  readonly success: boolean;
  readonly details: Readonly<Record<string, unknown>> | null;
  readonly severity: string;
  readonly occurrences: number;
  readonly log_partition: number;
  readonly log_offset: number;
};

const columns = `
  s.event_id, s."timestamp", s.event_type, s.organisation, s.user_id, s.ip_address, s.user_agent,
  s.resource, s.action, s.success, s.details, s.severity, s.occurrences, s.log_partition, s.log_offset`;

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
