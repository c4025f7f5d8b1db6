/** Whether what is read shows a decision: where a 202 points. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { type Access, integerOrNull, oneOf, problems, query } from '@plenum/http';
import type { FastifyRequest } from 'fastify';
import type { ShownVersion } from '../../conventions/commands.ts';

const statusSchema = Type.Object({
  id: Type.String(),
  version: Type.Integer({ description: 'The version that was asked about.' }),
  state: oneOf(['shown', 'pending']),
  shown_version: integerOrNull({ description: 'The version that is shown; null while there is none.' }),
  self: Type.String({ description: 'Where it can be read.' }),
});

type Parts = {
  /** Such as `/users`, below `/api/v1`. */
  readonly kind: string;
  readonly access: Access;
  readonly projection: string;
  /** The version that whoever asks is shown; `undefined` when there is none, or none for him. @throws TransientFailure */
  readonly shown: (id: string, request: FastifyRequest) => ReturnType<ShownVersion>;
};

export const versionStatusRoute =
  ({ kind, access, projection, shown }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      `${kind}/:id/versions/:version`,
      {
        config: { access, projections: [projection] },
        schema: {
          tags: ['access'],
          summary: 'Whether what is read shows this version',
          params: Type.Object({
            id: Type.String({ maxLength: 200 }),
            version: Type.Integer({ minimum: 1, maximum: 999_999_999 }),
          }),
          querystring: query({}),
          response: { 200: statusSchema, ...problems() },
        },
      },
      async (request, reply) => {
        const { id, version } = request.params;
        const row = await shown(id, request);
        const isShown = row !== undefined && row >= version;
        if (!isShown) reply.header('retry-after', '1');
        const self = ['/api/v1', kind, '/', encodeURIComponent(id)].join('');
        return {
          id,
          version,
          state: isShown ? ('shown' as const) : ('pending' as const),
          shown_version: row ?? null,
          self,
        };
      },
    );
  };
