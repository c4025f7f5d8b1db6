/** The `EventSource` of a real browser: it connects again by itself, and shows the id of what it had last. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topics } from '@plenum/catalogue';
import { memoryLog } from '@plenum/runtime/testing';
import { openBrowser } from '../../testing/browser.ts';
import { fakeApp } from '../../testing/fake-app.ts';
import { readingOf } from '../../testing/readings-said.ts';

/** What the page keeps: every event by its name, and what waits until there are so many. */
const following = `
  const seen = [];
  const source = new EventSource('/api/v1/stream?kind=readings&node_id=node_1');
  const waiting = [];
  const note = (name, value) => {
    seen.push([name, value]);
    for (const look of waiting) look();
  };
  source.addEventListener('ready', () => note('ready', null));
  source.addEventListener('resync', (event) => note('resync', JSON.parse(event.data).reason));
  source.addEventListener('end', (event) => note('end', JSON.parse(event.data).reason));
  source.addEventListener('readings', (event) => note('readings', JSON.parse(event.data).data.value));
  globalThis.source = source;
  globalThis.seenOf = (name, count) => new Promise((resolve) => {
    const look = () => {
      if (seen.filter(([own]) => own === name).length >= count) resolve(seen);
    };
    waiting.push(look);
    look();
  });
`;

test('a page follows events, and has those that came while the API was away', { timeout: 120_000 }, async (t) => {
  const page = await openBrowser(t);
  if (page === undefined) return t.skip('there is no Chromium on this machine');
  const log = memoryLog(topics);
  const first = await fakeApp(t, { log });
  const url = await first.listen({ host: '127.0.0.1', port: 0 });
  await page.go(`${url}/api/v1/docs`);
  await page.evaluate(following);
  await page.evaluate(`seenOf('ready', 1)`);
  await log.append([readingOf('node_1', { value: 1 }), readingOf('node_2', { value: 2 })]);
  await page.evaluate(`seenOf('readings', 1)`);

  await first.close();
  await page.evaluate(`seenOf('end', 1)`);
  await log.append([readingOf('node_1', { value: 3 })]);
  const second = await fakeApp(t, { log });
  await second.listen({ host: '127.0.0.1', port: Number(new URL(url).port) });
  await page.evaluate(`seenOf('ready', 2)`);
  await log.append([readingOf('node_1', { value: 4 })]);
  assert.deepEqual(await page.evaluate(`seenOf('readings', 3)`), [
    ['ready', null],
    ['readings', 1],
    ['end', 'shutdown'],
    ['readings', 3],
    ['ready', null],
    ['readings', 4],
  ]);
  await page.evaluate('source.close()');
});
