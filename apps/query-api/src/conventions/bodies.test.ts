import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { collectRoutes, isWriting } from '../testing/all-routes.ts';
import { fakeApp } from '../testing/fake-app.ts';
import { notProvided } from '../testing/route-expectations.ts';
import { willingAuthentication } from '../testing/willing-authentication.ts';
import { willingReads } from '../testing/willing-reads.ts';

type Headers = Readonly<Record<string, string>>;

/** Over a socket: there a body can be announced in every way, and not be there. */
const listening = async (t: TestContext) => {
  const carriedOut: string[] = [];
  const routes = collectRoutes();
  const app = await fakeApp(t, {
    authentication: willingAuthentication((what) => carriedOut.push(what)),
    reads: willingReads,
    onRoute: routes.onRoute,
  });
  const all = (await routes.all(app)).filter(({ method, url }) => !notProvided.includes(`${method} ${url}`));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo; // It listens on TCP.
  const ask = async (method: string, path: string, headers: Headers, body?: string | Uint8Array) => {
    // Node's client does not say how long the body of a DELETE is.
    const framed = body === undefined ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) };
    const asked = httpRequest({ port, host: '127.0.0.1', method, path, headers: framed });
    const answered = new Promise<{ status: number; headers: Headers; body: string }>((resolve, reject) => {
      asked.on('error', reject);
      asked.on('response', async (answer) => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers as Headers, body: await text(answer) });
      });
    });
    asked.end(body);
    const answer = await answered;
    return { ...answer, json: answer.body === '' ? undefined : JSON.parse(answer.body) };
  };
  return { app, all, ask, carriedOut };
};

const withoutId = (json: object): object => ({ ...json, request_id: undefined });

test('an absent body is no body, whatever the headers say, on every route', async (t) => {
  const { all, ask, carriedOut } = await listening(t);
  const json = 'application/json';
  const ways: readonly Headers[] = [
    { 'content-type': json },
    { 'content-type': `${json}; charset=utf-8` },
    { 'content-type': json, 'content-length': '0' },
    { 'content-type': json, 'transfer-encoding': 'chunked' },
    { 'content-length': '0' },
    { 'transfer-encoding': 'chunked' },
    { 'content-type': 'text/plain', 'content-length': '0' },
    { 'content-type': 'no type', 'transfer-encoding': 'chunked' },
    { 'content-type': json, 'content-encoding': 'gzip', 'content-length': '0' },
  ];
  let without = 0;
  for (const { method, address, schema } of all.filter(isWriting)) {
    const route = `${method} ${address}`;
    // Node sends no header of a body with these by itself.
    const plain = await ask(method, address, { 'content-length': '0' });
    const took = carriedOut.splice(0);
    if (schema?.body === undefined) {
      assert.equal(plain.status, 200, `${route}: ${plain.body}`);
      assert.equal(took.length, 1, route);
      without += 1;
    } else {
      assert.ok(plain.status === 400 || took.length === 1, `${route}: ${plain.body}`);
    }
    for (const headers of ways) {
      const answer = await ask(method, address, headers);
      const what = `${route} ${JSON.stringify(headers)}`;
      assert.equal(answer.status, plain.status, `${what}: ${answer.body}`);
      assert.deepEqual(withoutId(answer.json), withoutId(plain.json), what);
      assert.deepEqual(carriedOut.splice(0), took, what);
    }
  }
  assert.ok(without >= 9, `${without} routes take no body`);
});

test('what is not JSON in UTF-8 is answered with what is taken, on every route that takes a body', async (t) => {
  const { all, ask, carriedOut } = await listening(t);
  const taking = all.filter((route) => isWriting(route) && route.schema?.body !== undefined);
  assert.ok(taking.length >= 8);
  for (const { method, address } of taking) {
    for (const headers of [
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/x-www-form-urlencoded' },
      { 'content-type': 'application/json; charset=utf-16' },
      { 'content-type': 'no type' },
      {},
    ] as readonly Headers[]) {
      const answer = await ask(method, address, headers, '{}');
      const what = `${method} ${address} ${JSON.stringify(headers)}`;
      assert.equal(answer.status, 415, `${what}: ${answer.body}`);
      assert.equal(answer.headers.accept, 'application/json', what);
      assert.match(answer.body, /application\/json/, what);
    }
    const compressed = await ask(
      method,
      address,
      { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      'x',
    );
    assert.deepEqual([compressed.status, compressed.headers['accept-encoding']], [415, 'identity']);
    for (const malformed of ['{', '', '{"a":1}}', '\u0000', '{"__proto__": 1}', new Uint8Array([0x22, 0xff, 0x22])]) {
      if (malformed === '') continue;
      const { status, body } = await ask(method, address, { 'content-type': 'application/json' }, malformed);
      assert.equal(status, 400, `${method} ${address}: ${body}`);
    }
  }
  assert.deepEqual(carriedOut, []);
});

test('a route that takes no body ignores one, whatever it is', async (t) => {
  const { all, ask, carriedOut } = await listening(t);
  for (const { method, address, schema } of all.filter(isWriting)) {
    if (schema?.body !== undefined) continue;
    for (const [type, body] of [
      ['application/json', '{}'],
      ['application/json', '{'],
      ['text/plain', 'x'],
    ] as const) {
      const answer = await ask(method, address, { 'content-type': type }, body);
      assert.equal(answer.status, 200, `${method} ${address} ${type} ${body}: ${answer.body}`);
      assert.equal(carriedOut.splice(0).length, 1);
    }
    const large = await ask(method, address, {}, 'x'.repeat(1_100_000));
    assert.equal(large.status, 413);
  }
});

test('JSON is taken with any case, space and parameter that says nothing else', async (t) => {
  const { ask } = await listening(t);
  for (const type of ['application/json', 'Application/JSON ; charset="UTF-8"', 'application/json;version=1']) {
    const { status, body } = await ask(
      'POST',
      '/api/v1/sessions',
      { 'content-type': type },
      '{"login":"a","password":"b"}',
    );
    assert.equal(status, 201, `${type}: ${body}`);
  }
});
