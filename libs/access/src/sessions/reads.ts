/** Questions about sessions. Rows come back as they go out: times as UTC text, offsets as numbers, NULL as null. */
import { formatTimeUs } from '@plenum/event';
import { binder, type Rows, type ShownRow, type Sql, selectedColumns } from '@plenum/read-model';
import { jwtTokensTable } from './jwt-tokens-projection.ts';

export type SessionReads = {
  /** One page of a user's sessions, the last first. */
  readonly ofUser: (asked: SessionsAsked) => Promise<Rows<SessionShown>>;
  /** Where only one organisation's are asked for, those of others are not there. */
  readonly byId: (tokenId: string, organisation?: string) => Promise<SessionShown | undefined>;
};

export type SessionsAsked = {
  readonly organisation?: string | undefined;
  readonly user: string;
  /** Only those that were not ended and expire after this. */
  readonly liveAtUs?: number | undefined;
  readonly after?: SessionPlace | undefined;
  readonly limit: number;
};

export type SessionPlace = Pick<SessionShown, 'issued_at' | 'token_id'>;

export type SessionShown = ShownRow<typeof jwtTokensTable>;

const columns = selectedColumns(jwtTokensTable, 's');

export const sessionReads = (sql: Sql): SessionReads => ({
  ofUser: async ({ organisation, user, liveAtUs, after, limit }) => {
    const { parameters, bind } = binder();
    const conditions = [`s.user_id = ${bind(user)}`];
    if (organisation !== undefined) conditions.push(`s.organisation = ${bind(organisation)}`);
    if (liveAtUs !== undefined) {
      conditions.push('not s.is_revoked', `s.expires_at > ${bind(formatTimeUs(liveAtUs))}::timestamptz`);
    }
    if (after !== undefined) {
      conditions.push(`(s.issued_at, s.token_id) < (${bind(after.issued_at)}::timestamptz, ${bind(after.token_id)})`);
    }
    return sql(
      `select ${columns} from public.jwt_tokens s
       where ${conditions.join(' and ')} order by s.issued_at desc, s.token_id desc limit ${bind(limit)}`,
      parameters,
      limit,
    );
  },
  byId: async (tokenId, organisation) => {
    const [row] = await sql<SessionShown>(
      `select ${columns} from public.jwt_tokens s
        where s.token_id = $1 and ($2::text is null or s.organisation = $2)`,
      [tokenId, organisation ?? null],
    );
    return row;
  },
});
