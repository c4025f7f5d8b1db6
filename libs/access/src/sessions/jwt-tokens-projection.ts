import {
  type DecidedEntry,
  dataIf,
  decidedColumns,
  decidedEntry,
  decidedFold,
  defineProjection,
  defineTable,
  placeOf,
  type RowOf,
} from '@plenum/read-model';
import type { SessionStartedV1 } from '../generated/schemas.ts';
import { storableJson, storableText } from '../storable.ts';
import { streamKinds } from '../streams.ts';
import { accessTopic } from '../topics.ts';
import { SessionEnded, SessionStarted } from './session-events.ts';

/** Column names are those of the replaced system's `jwt_tokens`. */
export const jwtTokensTable = defineTable({
  name: 'jwt_tokens',
  about: 'Every session that was started. The tokens themselves are nowhere in it.',
  columns: {
    ...decidedColumns,
    token_id: { type: 'text', about: '32 hexadecimal digits; `jti` of the token.' },
    user_id: { type: 'text', about: 'Whose it is.' },
    role: { type: 'text', about: 'Their role when it was made.' },
    permissions: { type: 'jsonb', json: 'texts', about: 'What the token may open at most.' },
    issued_at: { type: 'timestamptz', about: 'When it was made.' },
    expires_at: { type: 'timestamptz', about: 'From then on it opens nothing.' },
    is_revoked: { type: 'boolean', about: 'True: it was ended before its time, by logging out or by somebody else.' },
    device_info: { type: 'jsonb', nullable: true, about: 'What is known of the device.' },
    ended_at: { type: 'timestamptz', nullable: true, about: 'When it was ended before its time.' },
    end_reason: { type: 'text', nullable: true, about: 'Why.' },
    ended_by: { type: 'text', nullable: true, about: 'By whom.' },
  },
  key: ['token_id'],
  indexes: [['user_id', 'issued_at', 'token_id']],
});

export type JwtTokensRow = RowOf<typeof jwtTokensTable>;

export const jwtTokens = decidedFold<SessionStartedV1, JwtTokensRow>({
  table: jwtTokensTable,
  keyOf: ({ id }) => ({ token_id: id }),
  begins: SessionStarted,
  first: (data, entry) => ({
    ...placeOf(entry),
    token_id: entry.id,
    user_id: data.user_id,
    role: data.role,
    permissions: JSON.stringify(data.permissions),
    issued_at: entry.event.effectiveTimeUs,
    expires_at: data.expires_at,
    is_revoked: false,
    device_info: storableJson(data.device_info),
    ended_at: undefined,
    end_reason: undefined,
    ended_by: undefined,
  }),
  next: (row, entry) => ({ ...row, ...endedBy(entry), ...placeOf(entry) }),
});

const endedBy = ({ event }: DecidedEntry): Partial<JwtTokensRow> => {
  const ended = dataIf(SessionEnded, event);
  if (ended === undefined) return {};
  return {
    is_revoked: true,
    ended_at: event.effectiveTimeUs,
    end_reason: ended.reason,
    ended_by: storableText(ended.by),
  };
};

export const jwtTokensProjection = defineProjection<DecidedEntry>({
  name: 'jwt_tokens',
  version: 2,
  about: 'Sessions as decided.',
  topics: [accessTopic.name],
  streams: [streamKinds.session],
  entry: decidedEntry,
  folds: [jwtTokens],
});
