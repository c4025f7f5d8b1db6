/**
 * A real OpenID provider on this machine, for tests: it publishes its keys, turns them, goes away and comes back, and
 * counts what it is asked.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { type Adapter, type Configuration, Provider } from 'oidc-provider';

export type TestProvider = {
  /** As in `iss`. */
  readonly issuer: string;
  /** As in `aud`. */
  readonly audience: string;
  /** An access token from its token endpoint. A claim that is given replaces the usual one; `null` takes it away. */
  token(claims?: TokenClaims, algorithm?: 'RS256' | 'ES256'): Promise<string>;
  /** What the provider would never issue, signed with its own key. */
  signed(claims: TokenClaims, kid?: 'with-kid' | 'without-kid'): Promise<string>;
  /** Its public keys, as published now. */
  publicKeys(): Promise<readonly JWK[]>;
  /** New keys sign from now on; the former ones are published no longer unless they are kept. */
  rotate(keep?: 'keep-former'): Promise<void>;
  /** Cuts every connection, or takes them and never answers. */
  away(how?: 'cut' | 'silent'): void;
  back(): void;
  /** How often it was asked for its discovery document and for its keys. */
  asked(): { readonly discovery: number; readonly keys: number };
};

export type TokenClaims = Readonly<Record<string, unknown>>;

export type TestProviderSettings = {
  /** Unless `token` is given another. */
  readonly algorithm?: 'RS256' | 'ES256';
  readonly lifetimeS?: number;
  /** What its `iss` has after the host, such as `/realm` or `/`: some providers end theirs in a slash. */
  readonly issuerPath?: string;
};

const audience = 'plenum@fibre';
const client = { id: 'crew', secret: 'a secret of no use to anybody' };

/** Ends with the test. */
export const testProvider = async (t: TestContext, settings: TestProviderSettings = {}): Promise<TestProvider> => {
  const asked = { discovery: 0, keys: 0 };
  let state: 'here' | 'cut' | 'silent' = 'here';
  let generation = 0;
  let published: readonly JWK[] = await newKeys(generation);
  let answer: (request: IncomingMessage, response: ServerResponse) => Promise<void> = async () => undefined;
  const { issuerPath = '' } = settings;
  const mount = issuerPath.replace(/\/$/, '');

  const server = createServer((request, response) => {
    if (state === 'cut') request.socket.destroy();
    // As a proxy hands it on that has the provider below this path.
    const address = { originalUrl: request.url, url: request.url?.replace(mount, '') };
    Object.assign(request, address);
    if (address.url?.startsWith('/.well-known/openid-configuration')) asked.discovery += 1;
    if (address.url?.startsWith('/jwks')) asked.keys += 1;
    // A connection that is kept would be found cut only by the next question, which is not what a test asks about.
    response.setHeader('connection', 'close');
    if (state === 'here') answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  // A server that listens on TCP has such an address.
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer = `${host}${issuerPath}`;
  const base = `${host}${mount}`;
  const serve = (): void => {
    const provider = new Provider(issuer, configuration(published, settings.lifetimeS ?? 3600));
    answer = provider.callback();
  };
  serve();

  return {
    issuer,
    audience,
    token: (claims = {}, algorithm = settings.algorithm ?? 'RS256') => askToken(base, claims, algorithm),
    signed: async (claims, naming = 'with-kid') => {
      const [key = {}] = published;
      const named = naming === 'with-kid' && key.kid !== undefined ? { kid: key.kid } : {};
      return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', ...named }).sign(await importJWK(key));
    },
    publicKeys: async () => {
      const response = await fetch(`${base}/jwks`);
      const { keys } = (await response.json()) as { readonly keys: readonly JWK[] }; // The provider's own form.
      return keys;
    },
    rotate: async (keep) => {
      generation += 1;
      const fresh = await newKeys(generation);
      // It signs with the first that fits.
      published = keep === undefined ? fresh : [...fresh, ...published];
      serve();
    },
    away: (how = 'cut') => {
      state = how;
      server.closeAllConnections();
    },
    back: () => {
      state = 'here';
      server.closeAllConnections();
    },
    asked: () => ({ ...asked }),
  };
};

/** One of each kind, private, named after their generation. */
const newKeys = (generation: number): Promise<readonly JWK[]> =>
  Promise.all(
    ['RS256', 'ES256'].map(async (alg) => {
      const { privateKey } = await generateKeyPair(alg, { extractable: true });
      return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: `${alg.toLowerCase()}-${generation}` };
    }),
  );

/**
 * What a token holds beyond the usual comes with the request for it, and the algorithm too. No provider would let a
 * client say who it is; this one is here to say whatever a test needs.
 */
const configuration = (keys: readonly JWK[], lifetimeS: number): Configuration => ({
  clients: [
    {
      client_id: client.id,
      client_secret: client.secret,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    },
  ],
  adapter: () => keepsNothing,
  ttl: { ClientCredentials: lifetimeS },
  jwks: { keys: [...keys] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => 'urn:plenum:api',
      getResourceServerInfo: (ctx) => ({
        scope: '',
        audience,
        accessTokenFormat: 'jwt',
        accessTokenTTL: lifetimeS,
        jwt: { sign: { alg: ctx.oidc.body?.test_algorithm === 'ES256' ? 'ES256' : 'RS256' } },
      }),
    },
  },
  formats: {
    customizers: {
      jwt: (ctx, _, parts) => {
        const given: unknown = JSON.parse(String(ctx.oidc.body?.test_claims));
        const claims = Object.entries({ ...parts.payload, ...(given as TokenClaims) }); // Our own, from `askToken`.
        parts.payload = Object.fromEntries(claims.filter(([, value]) => value !== null));
      },
    },
  },
});

/** Its tokens can be verified by themselves, so there is nothing to look up. */
const keepsNothing: Adapter = {
  upsert: async () => undefined,
  find: async () => undefined,
  findByUserCode: async () => undefined,
  findByUid: async () => undefined,
  consume: async () => undefined,
  destroy: async () => undefined,
  revokeByGrantId: async () => undefined,
};

const askToken = async (base: string, claims: TokenClaims, algorithm: string): Promise<string> => {
  const response = await fetch(`${base}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client.id}:${encodeURIComponent(client.secret)}`)}` },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      resource: 'urn:plenum:api',
      test_claims: JSON.stringify(claims),
      test_algorithm: algorithm,
    }),
  });
  const answer: unknown = await response.json();
  if (typeof answer === 'object' && answer !== null && 'access_token' in answer) return String(answer.access_token);
  throw new Error(`the provider gave no token: ${JSON.stringify(answer)}`);
};
