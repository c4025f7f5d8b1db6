import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ConnectorState } from '@plenum/mqtt';
import type { Bridge } from './bridge.ts';
import { notReady } from './not-ready.ts';

const codes = (log: 'flowing' | 'away', session?: ConnectorState): readonly string[] => {
  const counts = { opened: 0, openedWithoutSession: 0, ended: 0, redelivered: 0 };
  const broker: Bridge['broker'] = session === undefined ? undefined : () => ({ ...counts, state: session });
  return notReady({ state: () => log, broker }).map(({ code }) => code);
};

it('a bridge is ready when the log takes events and it has a session, or stands by', () => {
  assert.deepEqual(codes('flowing'), []);
  assert.deepEqual(codes('flowing', 'open'), []);
  assert.deepEqual(codes('flowing', 'standing-by'), []);
  assert.deepEqual(codes('away'), ['log-away']);
  assert.deepEqual(codes('flowing', 'connecting'), ['no-session']);
  assert.deepEqual(codes('away', 'connecting'), ['log-away', 'no-session']);
});
