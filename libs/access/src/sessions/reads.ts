/** Questions about sessions. Rows come back as they go out: times as UTC text, offsets as numbers, NULL as null. */
import { formatTimeUs } from '@plenum/event';
import { pageConditions, type Rows, type ShownRow, type Sql, selectedColumns } from '@plenum/read-model';
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
  ofUser: async ({ organisation, user, liveAtUs, after: place, limit }) => {
    const { parameters, bind, add, equal, after, all } = pageConditions();
    equal({ 's.user_id': user, 's.organisation': organisation });
    if (liveAtUs !== undefined) {
      add(`not s.is_revoked and s.expires_at > ${bind(formatTimeUs(liveAtUs))}::timestamptz`);
    }
    after(['s.issued_at', 's.token_id'], place && [place.issued_at, place.token_id], 'desc');
    return sql(
      `select ${columns} from public.jwt_tokens s
       where ${all()} order by s.issued_at desc, s.token_id desc limit ${bind(limit)}`,
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
