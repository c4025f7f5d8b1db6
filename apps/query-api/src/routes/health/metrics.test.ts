import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeApp } from '../../testing/fake-app.ts';
import { requestBucketsS } from './metrics.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const classes = 5;

test('there are as many series as routes, whatever is asked', async (t) => {
  const urls = new Set<string>();
  const app = await fakeApp(t, { onRoute: ({ url }) => void urls.add(url) });
  const text = async (): Promise<readonly string[]> => (await app.inject('/metrics')).body.split('\n');
  const ask = async (round: number): Promise<void> => {
    for (const url of [...urls, '/nowhere/:id', '/:id', '/api/v1/:id/x', '/api/v1/nodes/:id/more']) {
      for (const method of methods) {
        // What the answer is does not matter: many fail, for nobody answers what they read.
        await app.inject({ method, url: url.replace(/:\w+|\*/g, `id-${round}-${method}`), payload: {} });
      }
    }
    for (const broken of ['/%zz', `/api/v1/nodes/${'x'.repeat(2_000)}`, '/api/v1/readings?limit=x'])
      await app.inject(broken);
  };
  const of = (lines: readonly string[], name: string) => lines.filter((line) => line.startsWith(name));

  await ask(1);
  const first = await text();
  await ask(2);
  const second = await text();
  const names = (lines: readonly string[]) => of(lines, 'plenum_api_request').map((line) => line.replace(/ .*/, ''));
  assert.deepEqual(names(second).toSorted(), names(first).toSorted());

  // Its buckets, the one without an end, sum and count; and a count for each class of status.
  const most = (urls.size + 1) * (requestBucketsS.length + 3 + classes);
  assert.ok(names(second).length > urls.size && names(second).length <= most, `${names(second).length} of ${most}`);
  assert.ok(second.length < 2_000, `${second.length} lines`);
  assert.ok(!second.some((line) => line.includes('id-')), 'an address is a series');
  const [, others] = of(second, 'plenum_api_requests_total{route="other",status="4xx"}')[0]?.split(' ') ?? [];
  assert.ok(Number(others) > 100, `${others} requests to nothing`);
  assert.equal(of(second, 'plenum_api_requests_total{route="/api/v1/health/live",status="2xx"}').length, 1);
});
