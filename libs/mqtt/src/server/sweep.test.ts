/** When the server is woken for its connections and wills, and when it is left alone. */
import assert from 'node:assert/strict';
import { it, mock, type TestContext } from 'node:test';
import type { Server } from './state.ts';
import { sweep } from './sweep.ts';

/** As much of a server as is looked at: how often its connections were gone through, and sessions to adopt when that is said. */
const sweptServer = (t: TestContext) => {
  mock.timers.enable({ apis: ['setInterval', 'Date'] });
  t.after(() => mock.timers.reset());
  const connections = new Map<object, { readonly stage: 'closed'; readonly out: object }>();
  const looks = t.mock.method(connections, 'values');
  const adopting = Promise.withResolvers<object>();
  const wills = new Map<string, object>();
  const server = {
    ...{ connections, wills, stopping: false, adopted: () => undefined, sessions: new Map(), limits: {} },
    store: { adopt: () => adopting.promise, check: async () => [], expire: async () => [] },
    logger: { info: () => undefined, error: () => undefined },
    ...{ retained: { expire: () => undefined }, repeated: { stayed: () => undefined } },
  };
  const sweeping = sweep(server as unknown as Server); // Of a real one nothing else is used here.
  t.after(sweeping.stop);
  const looksIn = (ms: number): number => {
    looks.mock.resetCalls();
    mock.timers.tick(ms);
    return looks.mock.callCount();
  };
  return { server, sweeping, looksIn, adopting, wills };
};

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

it('looks at nothing where no connection is and no will waits, and goes on when there is one', (t) => {
  const { server, sweeping, looksIn } = sweptServer(t);
  assert.equal(looksIn(2_000), 1);
  const out = { takenBytes: () => 0, unsentBytes: () => 0 };
  server.connections.set({}, { stage: 'closed', out });
  sweeping.arrived();
  sweeping.arrived();
  assert.equal(looksIn(2_000), 4);
  server.connections.clear();
  assert.equal(looksIn(2_000), 1);
});

it('looks at wills of sessions that were adopted, but not when it has stopped meanwhile', async (t) => {
  for (const stops of [false, true]) {
    await t.test(stops ? 'stopped' : 'going on', async (own) => {
      const { server, sweeping, looksIn, adopting, wills } = sweptServer(own);
      looksIn(5_000);
      if (stops) {
        server.stopping = true;
        sweeping.stop();
      }
      wills.set('a', { dueAtMs: Number.POSITIVE_INFINITY });
      adopting.resolve({ sessions: [], ended: [] });
      await settled();
      assert.equal(looksIn(2_000), stops ? 0 : 4);
    });
  }
});
