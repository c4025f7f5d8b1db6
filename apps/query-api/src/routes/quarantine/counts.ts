import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { QuarantineReads } from '@plenum/quarantine';
import { query, utcTime } from '../../conventions/fields.ts';
import { type PageLimits, page, pageFields, pageOf, placeOf, rowsFor } from '../../conventions/pages.ts';
import { problems } from '../../conventions/problem.ts';
import { clientFields } from './quarantine.ts';

export type CountRoutesParts = {
  readonly quarantine: Pick<QuarantineReads, 'counts'>;
  readonly limits: PageLimits;
};

const countSchema = Type.Object({
  client_id: Type.String(),
  code: Type.String(),
  messages: Type.Integer(),
  bytes: Type.Integer({ description: 'Their payloads together.' }),
  first_time: utcTime('The first was refused then.'),
  last_time: utcTime('The last was refused then.'),
});

export const countRoutes =
  ({ quarantine, limits }: CountRoutesParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get(
      '/quarantine/counts',
      {
        config: { access: { permission: 'read:quarantine' }, projections: ['quarantine'] },
        schema: {
          tags: ['quarantine'],
          summary: 'Refused messages counted by client and reason',
          querystring: query({ ...clientFields, ...pageFields(limits) }),
          response: { 200: pageOf(countSchema), ...problems() },
        },
      },
      async (request, reply) => {
        const { client, code, limit } = request.query;
        const place = placeOf(request, 2);
        const after = place && { client_id: place[0] ?? '', code: place[1] ?? '' };
        const rows = await quarantine.counts({ client, code, after, limit: rowsFor(limit) });
        return page(reply, { rows, limit, place: (row) => [row.client_id, row.code] });
      },
    );
  };
