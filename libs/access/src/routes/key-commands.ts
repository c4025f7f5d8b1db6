/** Commands about API keys. */
import { commandsOf, type Route, textOrNull, timeGiven } from '@plenum/http';
import { Type } from 'typebox';
import type { AccessServices } from '../services.ts';
import { body, givenPermissions, roleField } from './fields.ts';
import { ofKeys } from './keys.ts';
import { secretOf } from './secret-of.ts';

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

const newKey = body(
  {
    name: Type.String({ minLength: 1, maxLength: 64, description: 'What it is for; its id begins with it.' }),
    role: roleField,
    permissions: givenPermissions,
    rate_limit: rateLimit,
    expires_at: expiresAt,
  },
  'NewApiKey',
);

const keyChange = body(
  {
    role: Type.Optional(roleField),
    permissions: givenPermissions,
    rate_limit: rateLimit,
    expires_at: expiresAt,
  },
  'ApiKeyChange',
);

const issued = {
  name: 'IssuedApiKey',
  fields: {
    key: textOrNull({ description: '64 hexadecimal digits for `X-API-Key`; shown this once, null when asked again.' }),
  },
  of: (done: Parameters<typeof secretOf>[0]) => ({ key: secretOf(done) }),
};

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

export const keyCommands = (services: AccessServices): readonly Route[] => {
  const keys = () => services.accounts().keys;
  const { making, about } = commandsOf({ ...services, ...ofKeys });
  return [
    making({
      operationId: 'issueKey',
      summary: 'A new API key, shown once',
      description: 'It lasts a year unless `expires_at` is given. Nobody can give permissions that they have not got.',
      body: newKey,
      answer: issued,
      run: ({ body: { name, role, ...limits } }, metadata) =>
        keys().issue({ name, role, ...limitsOf(limits), ...metadata }),
    }),
    about(
      { method: 'PATCH' },
      {
        operationId: 'changeKey',
        summary: 'Change an API key; what is not given stays',
        body: keyChange,
        run: ({ params: { id }, body: { role, ...limits } }, metadata) =>
          keys().change(id, { role, ...limitsOf(limits), ...metadata }),
      },
    ),
    about(
      { at: '/disable' },
      {
        operationId: 'disableKey',
        summary: 'Disable an API key',
        run: ({ params: { id } }, metadata) => keys().disable(id, metadata),
      },
    ),
    about(
      { at: '/enable' },
      {
        operationId: 'enableKey',
        summary: 'Enable an API key again',
        run: ({ params: { id } }, metadata) => keys().enable(id, metadata),
      },
    ),
    about(
      { method: 'DELETE' },
      {
        operationId: 'revokeKey',
        summary: 'Revoke an API key, for ever',
        run: ({ params: { id } }, metadata) => keys().revoke(id, metadata),
      },
    ),
  ];
};
