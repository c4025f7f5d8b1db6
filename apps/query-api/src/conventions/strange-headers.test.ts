/** No header, however strange, is answered with "something is broken". */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { collectRoutes } from '../testing/all-routes.ts';
import { fakeApp } from '../testing/fake-app.ts';
import { willingAuthentication } from '../testing/willing-authentication.ts';

const names = [
  ...[
    'accept',
    'accept-charset',
    'accept-encoding',
    'accept-language',
    'authorization',
    'cache-control',
    'content-encoding',
  ],
  ...[
    'content-type',
    'cookie',
    'expect',
    'forwarded',
    'idempotency-key',
    'if-match',
    'if-modified-since',
    'if-none-match',
  ],
  ...[
    'if-range',
    'if-unmodified-since',
    'origin',
    'prefer',
    'range',
    'te',
    'x-api-key',
    'x-forwarded-for',
    'x-request-id',
  ],
  ...['access-control-request-method', 'access-control-request-headers', 'x-no-compression', 'user-agent'],
];

/** What a header may hold: Latin-1 without control characters. */
const value = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'*/;,=" \\-WabC019q.é'), maxLength: 40 }),
  fc.constantFrom(
    '*',
    '*/*',
    'W/"',
    '"',
    '""',
    ',',
    ';',
    'q=',
    'bytes=0-',
    'bytes=9-1',
    'gzip;q=x',
    '*;q=0',
    'null',
    '-1',
    '1e999',
  ),
);

test('whatever is in a header, it is no bug', async (t) => {
  const routes = collectRoutes();
  const bugs: object[] = [];
  const quiet = (): void => undefined;
  const app = await fakeApp(t, {
    authentication: willingAuthentication(),
    onRoute: routes.onRoute,
    logger: { debug: quiet, info: quiet, warn: quiet, error: (fields) => void bugs.push(fields) },
    network: { trustedProxies: ['127.0.0.1'], corsOrigins: ['https://a.example'] },
  });
  const all = (await routes.all(app)).filter(({ url }) => url !== '*');
  // Routes whose reads fail in this test do so for everybody.
  const sound: (typeof all)[number][] = [];
  for (const route of all) {
    const { statusCode } = await app.inject({ method: route.method as 'GET', url: route.address });
    if (statusCode < 500) sound.push(route);
  }
  assert.ok(sound.length > 50, `${sound.length} routes are sound`);
  bugs.length = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...sound),
      fc.constantFrom(...names),
      fc.constantFrom(...names),
      value,
      value,
      async (route, one, other, a, b) => {
        const headers = { [one]: a, [other]: b };
        const answer = await app.inject({ method: route.method as 'GET', url: route.address, headers });
        assert.ok(
          answer.statusCode < 500,
          `${route.method} ${route.address} ${JSON.stringify(headers)}: ${answer.body}`,
        );
        assert.equal(answer.headers['x-api-version'], 'v1');
      },
    ),
    { numRuns: 2_000 },
  );
  assert.deepEqual(bugs, []);
});
