/** Commands about organisations. What is read of them is declared by the domain. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { type OrganisationReads, seenBy } from '@plenum/access';
import type { Authentication } from '@plenum/authentication';
import { problems, query } from '@plenum/http';
import { commandAnswers, metadataOf, metadataWithoutVersion, receipt } from '../../conventions/commands.ts';
import { body, entityParams } from './access-fields.ts';
import { versionStatusRoute } from './version-status.ts';

export type OrganisationCommandsParts = {
  readonly organisations: OrganisationReads;
  readonly authentication: () => Authentication;
};

const config = { access: { permission: 'admin:organisations' } } as const;
const under = '/api/v1/organisations';
const name = Type.String({ description: 'For people.', minLength: 1, maxLength: 200 });

export const organisationCommands =
  ({ organisations, authentication }: OrganisationCommandsParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    const shown = async (id: string) => (await organisations.byId(id))?.stream_version;
    await app.register(
      versionStatusRoute({
        ...{ kind: '/organisations', access: 'identified', projection: 'organisations' },
        shown: async (id, { identity }) => (seenBy(identity, id) === id ? shown(id) : undefined),
      }),
    );

    app.post(
      '/organisations',
      {
        config,
        schema: {
          tags: ['access'],
          summary: 'A new organisation',
          querystring: query({}),
          body: body({
            id: Type.String({
              description: 'Chosen, for ever: lower-case letters, digits and hyphens.',
              minLength: 1,
              maxLength: 63,
            }),
            name,
          }),
          response: { ...commandAnswers(201), ...problems() },
        },
      },
      async (request, reply) => {
        const metadata = metadataWithoutVersion(request);
        const { id, ...asked } = request.body;
        const done = await authentication().organisations.create(id, { ...asked, ...metadata });
        return receipt(request, reply, { done, success: 201, under, shown });
      },
    );

    app.patch(
      '/organisations/:id',
      {
        config,
        schema: {
          tags: ['access'],
          summary: 'Another name for an organisation; its id stays',
          params: entityParams('Which organisation.'),
          querystring: query({}),
          body: body({ name }),
          response: { ...commandAnswers(200), ...problems() },
        },
      },
      async (request, reply) => {
        const asked = { ...request.body, ...metadataOf(request) };
        const done = await authentication().organisations.rename(request.params.id, asked);
        return receipt(request, reply, { done, success: 200, under, shown });
      },
    );
  };
