/** Reads of security events. Rows come back as they go out: times as UTC text, counts as numbers, NULL as null. */
import { pageConditions, type Rows, type ShownRow, type Sql, selectedColumns } from '@plenum/read-model';
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
    const { parameters, bind, equal, within, after, all } = pageConditions();
    equal({
      's.organisation': asked.organisation,
      's.user_id': asked.user,
      's.ip_address': asked.address,
      's.event_type': asked.type,
      's.severity': asked.severity,
    });
    within('s."timestamp"', asked);
    after(['s."timestamp"', 's.event_id'], asked.after && [asked.after.timestamp, asked.after.event_id], 'desc');
    return sql(
      `select ${columns} from public.security_events s
       where ${all()} order by s."timestamp" desc, s.event_id desc limit ${bind(asked.limit)}`,
      parameters,
      asked.limit,
    );
  },
});
