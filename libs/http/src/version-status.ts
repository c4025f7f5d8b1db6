/** Whether what is read shows a decision: where a 202 points. */
import { Type } from 'typebox';
import { answer } from './answer.ts';
import { integerOrNull, oneOf, query } from './fields.ts';
import { withHeaders } from './headers.ts';
import { problems } from './problem.ts';
import { type Access, type Asked, defineRoute, type Route } from './route.ts';

const statusSchema = Type.Object(
  {
    id: Type.String(),
    version: Type.Integer({ description: 'The version that was asked about.' }),
    state: oneOf(['shown', 'pending']),
    shown_version: integerOrNull({ description: 'The version that is shown; null while there is none.' }),
    self: Type.String({ description: 'Where it can be read.' }),
  },
  { title: 'VersionStatus' },
);

export type VersionStatus = {
  /** Where entities of this kind are below `/api/v1`, such as `/things`. */
  readonly kind: string;
  /** What one of them is called, such as `Thing`. */
  readonly one: string;
  readonly access: Access;
  readonly projection: string;
  readonly tags: readonly string[];
  /** The version the caller is shown; `undefined` when there is none, or none for them. @throws TransientFailure */
  readonly shown: (id: string, asked: Pick<Asked, 'identity'>) => Promise<number | undefined>;
};

/** `GET <kind>/:id/versions/:version`, for any kind of entity that commands are about. */
export const versionStatusRoute = ({ kind, one, access, projection, tags, shown }: VersionStatus): Route =>
  defineRoute({
    operationId: `get${one}Version`,
    method: 'GET',
    path: `${kind}/:id/versions/:version`,
    access,
    projections: [projection],
    tags,
    summary: 'Whether what is read shows this version',
    params: Type.Object({
      id: Type.String({ maxLength: 200 }),
      version: Type.Integer({ minimum: 1, maximum: 999_999_999 }),
    }),
    querystring: query({}),
    answers: { 200: withHeaders(statusSchema, 'Retry-After'), ...problems() },
    handle: async (asked) => {
      const { id, version } = asked.params;
      const row = await shown(id, asked);
      const isShown = row !== undefined && row >= version;
      const state = isShown ? ('shown' as const) : ('pending' as const);
      const self = ['/api/v1', kind, '/', encodeURIComponent(id)].join('');
      const headers = isShown ? {} : { 'retry-after': '1' };
      return answer({ id, version, state, shown_version: row ?? null, self }, { headers });
    },
  });
