import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { it, type TestContext } from 'node:test';
import { TransientFailure } from '@plenum/runtime';
import { fetchJson, urlProblem } from './fetch-json.ts';

/** Longer than an answer takes on any machine. */
const longMs = 30_000;

it('reads JSON', async (t) => {
  const url = await serve(t, (_, response) => response.end('{"a":[1]}'));
  assert.deepEqual(await fetchJson(url, longMs), { a: [1] });
});

it('everything else is a transient failure, and says what came', async (t) => {
  const answers: readonly (readonly [RequestListener, RegExp, number?])[] = [
    [(_, response) => response.writeHead(503).end('{}'), /answered 503/],
    [(_, response) => response.end('<html>'), /JSON/],
    [(_, response) => response.writeHead(302, { location: '/elsewhere' }).end(), /redirect/],
    [(_, response) => response.end(`"${'x'.repeat(1024 * 1024)}"`), /more than/],
    [(request) => request.socket.destroy(), /./],
    [() => undefined, /timeout/i, 300],
  ];
  for (const [answer, reason, timeoutMs = longMs] of answers) {
    const url = await serve(t, answer);
    await assert.rejects(
      fetchJson(url, timeoutMs),
      (error) => error instanceof TransientFailure && reason.test(error.message),
    );
  }
});

it('keys may come in the clear from this machine only', () => {
  assert.equal(urlProblem('https://acme.zitadel.cloud'), undefined);
  assert.equal(urlProblem('http://127.0.0.1:8080'), undefined);
  assert.equal(urlProblem('http://localhost'), undefined);
  for (const url of ['http://acme.zitadel.cloud', 'http://127.0.0.1.evil.example', 'ftp://localhost', 'acme', ''])
    assert.notEqual(urlProblem(url), undefined, url);
});

const serve = async (t: TestContext, answer: RequestListener): Promise<string> => {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
