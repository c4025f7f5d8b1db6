/** Opens authentication over ports: the store of decisions, its database, the log and the codec. */
import { randomBytes } from 'node:crypto';
import { accessSchema, providerGrant, tokenGrant } from '@plenum/access';
import { ConfigError, type Problem } from '@plenum/config';
import {
  type HashEncryption,
  hashEncryption,
  type MasterKeys,
  oidcVerifier,
  type ProviderKeysLimits,
  requestDigests,
  sessionTokens,
} from '@plenum/credentials';
import type { AuthorizationLimits } from '@plenum/runtime';
import {
  type Clock,
  type Decisions,
  type EventCodec,
  type EventStore,
  type Holds,
  type Log,
  type Logger,
  type PersonalParts,
  type Random,
  type RateLimiter,
  type ServiceDatabase,
  systemTimer,
  type Timer,
} from '@plenum/runtime';
import type { Authentication } from './authentication.ts';
import { authenticator } from './authenticator.ts';
import { type Authorization, openAuthorization } from './authorization.ts';
import { type AuthenticationCounters, newCounters } from './counters.ts';
import { identifying, type Oidc } from './identify.ts';
import { keyUse } from './key-use.ts';
import { keysOver } from './keys.ts';
import { loginsOver } from './logins.ts';
import type { AuthenticationMetrics } from './metrics.ts';
import { openAccountContext } from './open-account-context.ts';
import { organisationsOver } from './organisations.ts';
import { startPurging } from './purge.ts';
import { requestsOver } from './requests.ts';
import { openSecurityLog, type SecurityLog, type SecurityLogLimits } from './security/security-log.ts';
import { sessionsOver } from './sessions.ts';
import { type AuthenticationConfig, noAudience } from './settings.ts';
import { usersOver } from './users.ts';

export type AuthenticationParts = {
  readonly config: AuthenticationConfig;
  /** Has the authorization tables, which the store writes. All ports are closed by their opener, after authentication. */
  readonly database: ServiceDatabase;
  readonly store: EventStore;
  /** Of the same: what names a user is encrypted and decrypted with it. */
  readonly personal: PersonalParts | undefined;
  /** Shared by all processes. */
  readonly limiter: RateLimiter;
  readonly holds: Holds;
  /** Takes security events. */
  readonly log: Pick<Log, 'append'>;
  readonly codec: EventCodec;
  /** The names of all permissions that can be given, of all domains. */
  readonly givable: readonly string[];
  readonly logger: Logger;
  /** Those of the system, unless a test turns its own. */
  readonly clock?: Clock;
  readonly random?: Random;
  readonly timer?: Timer;
  readonly limits?: {
    readonly authorization?: Partial<AuthorizationLimits>;
    readonly security?: Partial<SecurityLogLimits>;
    readonly oidc?: Partial<ProviderKeysLimits>;
  };
};

/** As in `iss` of the tokens that we sign. */
export const tokenIssuer = 'plenum';

/** As in their `aud`; `undefined` when they have none. */
export const tokenAudienceOf = ({ JWT_AUDIENCE }: Pick<AuthenticationConfig, 'JWT_AUDIENCE'>): string | undefined =>
  JWT_AUDIENCE === noAudience ? undefined : JWT_AUDIENCE;

/** Of today, and of before where that is set. */
export const masterKeysOf = (
  config: Pick<AuthenticationConfig, 'PLENUM_MASTER_KEY' | 'PLENUM_MASTER_KEY_PREVIOUS'>,
): MasterKeys => ({ current: config.PLENUM_MASTER_KEY, previous: config.PLENUM_MASTER_KEY_PREVIOUS });

/**
 * Begins to listen for changes of the authorization tables, which the store has made.
 * @throws ConfigError when settings do not go together; TransientFailure when the database is away.
 */
export const openAuthentication = async (parts: AuthenticationParts): Promise<Authentication> => {
  const { config } = parts;
  const problems = problemsOf(config);
  if (problems.length > 0) throw new ConfigError(problems);
  return openOver(parts);
};

/** What each setting by itself does not show. */
const problemsOf = (config: AuthenticationConfig): readonly Problem[] => {
  const { JWT_SECRET, PLENUM_MASTER_KEY, ZITADEL_CLIENT_ID } = config;
  const issuer = issuerOf(config);
  const problems: Problem[] = [];
  if (JWT_SECRET === PLENUM_MASTER_KEY) {
    problems.push({ name: 'PLENUM_MASTER_KEY', problem: 'must not be the same as JWT_SECRET.' });
  }
  if (issuer !== undefined && ZITADEL_CLIENT_ID === undefined) {
    problems.push({ name: 'ZITADEL_CLIENT_ID', problem: `is missing: tokens of ${issuer} have to be for somebody.` });
  }
  if (issuer === undefined && ZITADEL_CLIENT_ID !== undefined) {
    problems.push({ name: 'ZITADEL_DOMAIN', problem: 'is missing: ZITADEL_CLIENT_ID is a client of somebody.' });
  }
  if (issuer === tokenIssuer) problems.push({ name: 'OIDC_ISSUER', problem: `must not be ${tokenIssuer}.` });
  return problems;
};

const issuerOf = ({ OIDC_ISSUER, ZITADEL_DOMAIN }: AuthenticationConfig): string | undefined =>
  OIDC_ISSUER ?? (ZITADEL_DOMAIN === undefined ? undefined : `https://${ZITADEL_DOMAIN}`);

const openOver = async (parts: AuthenticationParts): Promise<Authentication> => {
  const { config, database, store, personal, limiter, holds, logger, limits, givable } = parts;
  const { clock = systemClock, random = systemRandom, timer = systemTimer } = parts;
  const { JWT_SECRET: secret, JWT_SECRET_PREVIOUS: previousSecret } = config;
  const audience = tokenAudienceOf(config);
  const tokens = await sessionTokens({
    secret,
    previousSecret,
    issuer: tokenIssuer,
    audience,
    grantOf: tokenGrant,
    clock,
  });
  const masterKeys = masterKeysOf(config);
  const encryption = hashEncryption(masterKeys);
  await warnOfOtherKeys(database, { encryption, logger });

  const authorization = openAuthorization({ database, encryption, logger, timer, limits: limits?.authorization });
  const changed: Decisions['changed'] = (streams) => {
    for (const { stream } of streams) authorization.forget(stream);
  };
  const decisions = { store, personal, clock, random, changed };
  const context = openAccountContext({ decisions, database, encryption, tokens, logger, givable });
  const security = openSecurityLog({ ...parts, clock, random, limits: limits?.security });
  const use = keyUse({ handle: context.handle, clock, random, timer, logger });
  const purging = startPurging({ database, clock, timer, logger });
  const identify = identifying({ authorization, tokens, oidc: oidcOf(parts, clock), clock });
  const counters = newCounters();
  const strangersLimit = config.API_RATE_LIMIT_STRANGERS;

  const validate = async (token: string) =>
    (await identify({ authorization: `Bearer ${token}`, apiKey: undefined })).authenticated;
  return {
    ...authenticator({ identify, security, keyUse: use, limiter, strangersLimit, counters }),
    logins: loginsOver({ ...context, security, counters }),
    sessions: sessionsOver(context, validate),
    users: usersOver(context),
    keys: keysOver(context),
    organisations: organisationsOver(context),
    handle: context.handle,
    requests: requestsOver({ store, holds, digests: requestDigests(masterKeys) }),
    metrics: () =>
      metricsOf({ counters, security, authorization, credentialHashesUnreadable: context.credentialHashesUnreadable }),
    close: async () => {
      await Promise.all([purging.close(), context.settled(), use.close()]);
      await Promise.all([security.close(), authorization.close()]);
    },
  };
};

/** Said at the start, and not only when the first of those whom it keeps out complains. */
const warnOfOtherKeys = async (
  { sql }: Pick<ServiceDatabase, 'sql'>,
  { encryption, logger }: { readonly encryption: HashEncryption; readonly logger: Logger },
): Promise<void> => {
  const [row] = await sql<{ readonly hashes: number }>(
    `select count(*)::int as hashes from ${accessSchema}.credential_hash
      where encrypted is not null and encrypted_with <> all ($1)`,
    [encryption.decryptsWith],
  );
  const { hashes = 0 } = row ?? {};
  if (hashes > 0) logger.warn({ hashes }, 'passwords and keys are encrypted with a master key that is not set');
};

/** That of the machine as it is set now: one that counts from the start of the process stays wrong once it was set. */
export const systemClock: Clock = { nowUs: () => Date.now() * 1000 };
const systemRandom: Random = { bytes16: () => randomBytes(16) };

const oidcOf = ({ config, logger, limits }: AuthenticationParts, clock: Clock): Oidc | undefined => {
  const issuer = issuerOf(config);
  const { ZITADEL_CLIENT_ID: audience, ZITADEL_PROJECT_ID: projectId } = config;
  if (issuer === undefined || audience === undefined) return undefined;
  const settings = { issuer, audience, projectId, grantOf: providerGrant, clock, logger };
  let isLogged = false;
  const nearly = (claimed: string): void => {
    if (!isLogged) logger.warn({ issuer, claimed }, 'tokens spell the issuer with another end than OIDC_ISSUER does');
    isLogged = true;
  };
  return {
    issuer,
    organisation: config.OIDC_ORGANISATION,
    verifier: oidcVerifier({ ...settings, ...(limits?.oidc && { limits: limits.oidc }) }),
    nearly,
  };
};

type Counted = {
  readonly counters: AuthenticationCounters;
  readonly security: SecurityLog;
  readonly authorization: Authorization;
  readonly credentialHashesUnreadable: () => number;
};

const metricsOf = ({
  counters,
  security,
  authorization,
  credentialHashesUnreadable,
}: Counted): AuthenticationMetrics => {
  const caches = [authorization.sessions.counters, authorization.users.counters, authorization.keys.counters];
  const sum = (figure: 'remembered' | 'hits' | 'reads'): number =>
    caches.reduce((total, cache) => total + cache[figure](), 0);
  return {
    authenticated: { ...counters.authenticated },
    refused: { ...counters.refused },
    unavailable: counters.unavailable,
    logins: { ...counters.logins },
    securityEventsDropped: security.dropped(),
    securityEventsWaiting: security.waiting(),
    authorization: {
      remembered: sum('remembered'),
      hits: sum('hits'),
      reads: sum('reads'),
      unreadableForMs: Math.max(...caches.map(({ failingForMs }) => failingForMs())),
    },
    credentialHashesUnreadable: credentialHashesUnreadable() + authorization.credentialHashesUnreadable(),
  };
};
