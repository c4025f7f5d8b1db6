/** Commands about API keys. */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import type { Authentication, Handled } from '@plenum/authentication';
import type { CommandMetadata } from '@plenum/event';
import { problems, query, textOrNull, timeGiven } from '@plenum/http';
import {
  commandAnswers,
  metadataOf,
  metadataWithoutVersion,
  receipt,
  receiptFields,
  type ShownVersion,
} from '../../conventions/commands.ts';
import { body, entityParams, givenPermissions, roleField } from './access-fields.ts';

export type KeyCommandsParts = { readonly authentication: () => Authentication; readonly shown: ShownVersion };

const config = { access: { permission: 'admin:api_keys' } } as const;
const under = '/api/v1/keys';

const rateLimit = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: 10_000_000,
    description: 'Requests a minute; as the role has it, unless given.',
  }),
);
const expiresAt = Type.Optional(
  Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 50, description: 'A time; null: never.' }),
);

const newKey = body({
  name: Type.String({ minLength: 1, maxLength: 64, description: 'What it is for; its id begins with it.' }),
  role: roleField,
  permissions: givenPermissions,
  rate_limit: rateLimit,
  expires_at: expiresAt,
});

const keyChange = body({
  role: Type.Optional(roleField),
  permissions: givenPermissions,
  rate_limit: rateLimit,
  expires_at: expiresAt,
});

const issued = Type.Object({
  ...receiptFields,
  key: textOrNull({ description: '64 hexadecimal digits for `X-API-Key`; told this once, null when asked again.' }),
});

type Limits = {
  readonly permissions?: readonly string[];
  readonly rate_limit?: number;
  readonly expires_at?: string | null;
};

const limitsOf = ({ permissions, rate_limit: rate, expires_at }: Limits) => ({
  permissions,
  rateLimit: rate,
  expiresAtUs: expires_at === null ? ('never' as const) : timeGiven('expires_at', expires_at),
});

export const keyCommands =
  ({ authentication, shown }: KeyCommandsParts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      '/keys',
      {
        config,
        schema: {
          tags: ['access'],
          summary: 'A new API key, told once',
          description: 'It lasts a year unless `expires_at` is given. Nobody can give permissions that he has not got.',
          querystring: query({}),
          body: newKey,
          response: { ...commandAnswers(201, issued), ...problems() },
        },
      },
      async (request, reply) => {
        const { name, role } = request.body;
        const metadata = metadataWithoutVersion(request);
        const done = await authentication().keys.issue({ name, role, ...limitsOf(request.body), ...metadata });
        const made = await receipt(request, reply, { done, success: 201, under, shown });
        return { ...made, key: done.outcome === 'done' ? (done.secret ?? null) : null };
      },
    );

    app.patch(
      '/keys/:id',
      {
        config,
        schema: {
          tags: ['access'],
          summary: 'Change an API key; what is not given stays',
          params: entityParams('Which key.'),
          querystring: query({}),
          body: keyChange,
          response: { ...commandAnswers(200), ...problems() },
        },
      },
      async (request, reply) => {
        const { role } = request.body;
        const metadata = metadataOf(request);
        const done = await authentication().keys.change(request.params.id, {
          role,
          ...limitsOf(request.body),
          ...metadata,
        });
        return receipt(request, reply, { done, success: 200, under, shown });
      },
    );

    const simple = (
      [method, url]: readonly ['POST' | 'DELETE', string],
      summary: string,
      run: (keys: Authentication['keys'], id: string, metadata: CommandMetadata) => Handled,
    ): void => {
      app.route({
        method,
        url,
        config,
        schema: {
          tags: ['access'],
          summary,
          params: entityParams('Which key.'),
          querystring: query({}),
          response: { ...commandAnswers(200), ...problems() },
        },
        handler: async (request, reply) => {
          const metadata = metadataOf(request);
          const done = await run(authentication().keys, request.params.id, metadata);
          return receipt(request, reply, { done, success: 200, under, shown });
        },
      });
    };
    simple(['POST', '/keys/:id/disable'], 'Disable an API key', (keys, id, metadata) => keys.disable(id, metadata));
    simple(['POST', '/keys/:id/enable'], 'Enable an API key again', (keys, id, metadata) => keys.enable(id, metadata));
    simple(['DELETE', '/keys/:id'], 'Revoke an API key, for ever', (keys, id, metadata) => keys.revoke(id, metadata));
  };
