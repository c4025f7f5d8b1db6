/** Authentication as an app has it, over a database of one test, a log in memory and an identity provider on this machine. */
import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { Role } from '@plenum/access';
import { avroCodec } from '@plenum/avro';
import { events, inlineProjections, permissions, topics } from '@plenum/catalogue';
import { readConfig } from '@plenum/config';
import { type TestProvider, type TestProviderSettings, testProvider } from '@plenum/credentials/testing';
import { type NotDone, plenumItself, type Receipt } from '@plenum/event';
import { postgresEventStore, postgresHolds, postgresRateLimiter, postgresServiceDatabase } from '@plenum/postgres';
import { testDatabase } from '@plenum/postgres/testing';
import type { EventCodec, Logger, PersonalParts } from '@plenum/runtime';
import { type MemoryLog, type MemoryLogOptions, memoryLog, silentLogger } from '@plenum/runtime/testing';
import type { Authentication } from '../authentication.ts';
import { type AuthenticationParts, masterKeysOf, openAuthentication } from '../open-authentication.ts';
import { type AuthenticationConfig, authenticationSettings } from '../settings.ts';
import { testPersonal } from './test-personal.ts';

export type TestAuthentication = {
  readonly authentication: Authentication;
  readonly databaseUrl: string;
  /** Of the database, for tests that look into it; ended after the test. */
  readonly pool: Awaited<ReturnType<typeof testDatabase>>['pool'];
  readonly store: Awaited<ReturnType<typeof postgresEventStore>>;
  /** Gets the security events. Nothing relays decisions to it. */
  readonly log: MemoryLog;
  readonly codec: EventCodec;
  /** What names users is encrypted and decrypted with it, under the master key of `config`. */
  readonly personal: PersonalParts;
  readonly config: AuthenticationConfig;
  readonly provider: TestProvider;
  /** Another process on the same database; closed after the test. */
  another(parts?: AnotherParts): Promise<Authentication>;
};

/** `through`: the database under another URL, such as that of a proxy. */
export type AnotherParts = Partial<AuthenticationParts> & { readonly through?: string };

export type TestAuthenticationSettings = {
  readonly config?: Partial<AuthenticationConfig>;
  readonly parts?: Partial<AuthenticationParts>;
  readonly log?: MemoryLogOptions;
  readonly logger?: Logger;
  readonly provider?: TestProviderSettings;
};

/** A secret for one test. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** Everything it opens ends with the test. */
export const testAuthentication = async (
  t: TestContext,
  settings: TestAuthenticationSettings = {},
): Promise<TestAuthentication> => {
  const { logger = silentLogger } = settings;
  const { url: databaseUrl, pool } = await testDatabase(t, { connectionsMax: 8 });
  const provider = await testProvider(t, settings.provider);
  const codec = avroCodec(events);
  const decisions = topics.filter(({ holds }) => holds === 'decisions');
  const store = await postgresEventStore({ pool, topics: decisions, codec, inline: inlineProjections, logger });
  t.after(() => store.close());
  const log = memoryLog(topics, settings.log);
  const config: AuthenticationConfig = {
    ...readConfig(authenticationSettings, {
      JWT_SECRET: newSecret(),
      PLENUM_MASTER_KEY: newSecret(),
      OIDC_ISSUER: provider.issuer,
      ZITADEL_CLIENT_ID: provider.audience,
    }),
    ...settings.config,
  };
  const personal = await testPersonal(t, { pool, masterKeys: masterKeysOf(config) });
  const another = async ({ through, ...parts }: AnotherParts = {}): Promise<Authentication> => {
    const opened = new AsyncDisposableStack();
    t.after(() => opened.disposeAsync());
    const ports = await portsOn(through ?? databaseUrl, opened, parts.logger ?? logger);
    const all = {
      config,
      ...ports,
      store,
      personal,
      log,
      codec,
      logger,
      givable: Object.keys(permissions),
      ...settings.parts,
      ...parts,
    };
    const authentication = await openAuthentication(all);
    opened.defer(authentication.close);
    return { ...authentication, close: () => opened.disposeAsync() };
  };
  const authentication = await another();
  return { authentication, databaseUrl, pool, store, log, codec, personal, config, provider, another };
};

/** As `openAccess` of the assembly has them. */
const portsOn = async (url: string, opened: AsyncDisposableStack, logger: Logger) => {
  const database = postgresServiceDatabase({
    ...{ database: { url, beside: (asked) => asked }, applicationName: 'plenum authentication', logger },
  });
  opened.defer(database.close);
  const limiter = await postgresRateLimiter({ pool: database.pool, logger });
  opened.defer(limiter.close);
  const holds = postgresHolds({ url });
  opened.defer(holds.close);
  return { database, limiter, holds };
};

/** Where a test's requests come from. */
export const here = { address: '192.0.2.7', userAgent: 'a test', resource: '/a/test' };

let commands = 0;

/** The metadata of a command that Plenum itself gives. */
export const byPlenum = () => {
  commands += 1;
  return { actor: plenumItself, id: `test-${commands}` };
};

/** What was carried out. @throws when it was not. */
export const done = async <D extends Receipt>(handled: Promise<D | NotDone>): Promise<D> => {
  const answer = await handled;
  if (answer.outcome !== 'done') throw new Error(`it was not done: ${JSON.stringify(answer)}`);
  return answer;
};

export type TestUser = {
  readonly id: string;
  readonly login: string;
  readonly password: string;
  readonly role: Role;
  readonly token: string;
  readonly tokenId: string;
};

export type TestKey = { readonly id: string; readonly key: string; readonly role: Role };

/** An account that has just logged in. */
export const newUser = async (
  authentication: Authentication,
  role: Role,
  login = `${role}-${randomBytes(4).toString('hex')}`,
): Promise<TestUser> => {
  const { id, secret: password = '' } = await done(
    authentication.users.create({ ...byPlenum(), login, name: `A ${role}`, role }),
  );
  const started = await authentication.logins.login({ ...here, login, password });
  if (started.outcome !== 'started') throw new Error(`nobody logged in: ${JSON.stringify(started)}`);
  const { token, tokenId } = started;
  return { id, login, password, role, token, tokenId };
};

export const newKey = async (authentication: Authentication, role: Role, name: string = role): Promise<TestKey> => {
  const { id, secret: key = '' } = await done(authentication.keys.issue({ ...byPlenum(), name, role }));
  return { id, key, role };
};

/** As in the headers of a request. */
export const shown = (credential: { readonly token?: string; readonly key?: string }) => ({
  ...here,
  authorization: credential.token === undefined ? undefined : `Bearer ${credential.token}`,
  apiKey: credential.key,
});
