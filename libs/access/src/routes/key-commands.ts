/** Commands about API keys. */
import type { CommandMetadata } from '@plenum/event';
import {
  commandAnswers,
  defineRoute,
  metadataOf,
  metadataWithoutVersion,
  problems,
  query,
  type Route,
  receipt,
  receiptFields,
  textOrNull,
  timeGiven,
} from '@plenum/http';
import { Type } from 'typebox';
import type { Handled } from '../ports/handled.ts';
import type { KeyPort } from '../ports/keys.ts';
import type { AccessServices } from '../services.ts';
import { body, entityParams, givenPermissions, roleField } from './fields.ts';
import { secretOf } from './secret-of.ts';

const ofKeys = { access: { permission: 'admin:api_keys' }, tags: ['access'], querystring: query({}) } as const;
const params = entityParams('Which key.');

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
  key: textOrNull({ description: '64 hexadecimal digits for `X-API-Key`; shown this once, null when asked again.' }),
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

/** Where a receipt points, and how it is found out what is shown. */
const whereOf = ({ reads: { keys }, untilShown }: AccessServices) => ({
  under: '/api/v1/keys',
  shown: async (id: string) => (await keys.byId(id))?.stream_version,
  untilShown,
});

export const keyCommands = (services: AccessServices): readonly Route[] => [
  issueRoute(services),
  changeRoute(services),
  ...standingRoutes(services),
];

const issueRoute = (services: AccessServices) =>
  defineRoute({
    ...ofKeys,
    method: 'POST',
    path: '/keys',
    summary: 'A new API key, shown once',
    description: 'It lasts a year unless `expires_at` is given. Nobody can give permissions that they have not got.',
    body: newKey,
    answers: { ...commandAnswers(201, issued), ...problems() },
    handle: async (asked) => {
      const { name, role } = asked.body;
      const metadata = metadataWithoutVersion(asked);
      const done = await services.accounts().keys.issue({ name, role, ...limitsOf(asked.body), ...metadata });
      return receipt(asked, { ...whereOf(services), done, success: 201, more: { key: secretOf(done) } });
    },
  });

const changeRoute = (services: AccessServices) =>
  defineRoute({
    ...ofKeys,
    method: 'PATCH',
    path: '/keys/:id',
    summary: 'Change an API key; what is not given stays',
    params,
    body: keyChange,
    answers: { ...commandAnswers(200), ...problems() },
    handle: async (asked) => {
      const { role } = asked.body;
      const metadata = metadataOf(asked);
      const change = { role, ...limitsOf(asked.body), ...metadata };
      const done = await services.accounts().keys.change(asked.params.id, change);
      return receipt(asked, { ...whereOf(services), done, success: 200 });
    },
  });

type Standing = (keys: KeyPort, id: string, metadata: CommandMetadata) => Handled;

/** Commands that need nothing but which key they are about. */
const standingRoutes = (services: AccessServices): readonly Route[] => {
  const simple = ([method, path]: readonly ['POST' | 'DELETE', string], summary: string, run: Standing) =>
    defineRoute({
      ...ofKeys,
      method,
      path,
      summary,
      params,
      answers: { ...commandAnswers(200), ...problems() },
      handle: async (asked) => {
        const metadata = metadataOf(asked);
        const done = await run(services.accounts().keys, asked.params.id, metadata);
        return receipt(asked, { ...whereOf(services), done, success: 200 });
      },
    });
  return [
    simple(['POST', '/keys/:id/disable'], 'Disable an API key', (keys, id, metadata) => keys.disable(id, metadata)),
    simple(['POST', '/keys/:id/enable'], 'Enable an API key again', (keys, id, metadata) => keys.enable(id, metadata)),
    simple(['DELETE', '/keys/:id'], 'Revoke an API key, for ever', (keys, id, metadata) => keys.revoke(id, metadata)),
  ];
};
