import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectRoutes, isWriting } from '../testing/all-routes.ts';
import { fakeApp } from '../testing/fake-app.ts';
import { decidesNothing, notProvided, validBodies } from '../testing/route-expectations.ts';
import { willingAuthentication } from '../testing/willing-authentication.ts';
import { willingReads } from '../testing/willing-reads.ts';

test('a condition that nobody looks at is refused, on every route that changes something', async (t) => {
  const carriedOut: string[] = [];
  const routes = collectRoutes();
  const app = await fakeApp(t, {
    authentication: willingAuthentication((what) => carriedOut.push(what)),
    reads: willingReads,
    onRoute: routes.onRoute,
  });
  const writing = (await routes.all(app)).filter(isWriting);
  const versioned = writing.filter(({ schema }) => Object.hasOwn(schema?.response ?? {}, 412));
  assert.ok(versioned.length >= 11 && versioned.length < writing.length, `${versioned.length} take If-Match`);
  for (const written of writing) {
    const { method, url, address } = written;
    const isVersioned = versioned.includes(written);
    const route = `${method} ${url}`;
    const payload = validBodies[route];
    const ask = (headers: Readonly<Record<string, string>>) =>
      app.inject({ method: method as 'POST', url: address, headers, ...(payload && { payload }) }); // As it was declared.
    for (const headers of [
      { 'if-none-match': '*' },
      { 'if-unmodified-since': 'Wed, 04 Mar 2026 09:15:02 GMT' },
      ...(isVersioned ? [{ 'if-match': 'W/"1"' }] : [{ 'if-match': '"1"' }]),
    ]) {
      const { statusCode, body } = await ask(headers);
      assert.equal(statusCode, 400, `${route} ${JSON.stringify(headers)}: ${body}`);
      assert.deepEqual(carriedOut, [], route);
    }
    if (notProvided.includes(route)) continue;
    const { statusCode, body } = await ask(isVersioned ? { 'if-match': '"1"' } : {});
    assert.ok(statusCode < 300, `${route}: ${body}`);
    assert.equal(carriedOut.splice(0).length, decidesNothing.includes(route) ? 0 : 1, route);
  }
});
