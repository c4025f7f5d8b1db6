import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { translator as domains } from '@plenum/catalogue';
import { utc } from '@plenum/event';
import type { Inbound } from '@plenum/runtime';
import { idsInOrder } from './new-id.ts';
import { bridgeTranslator } from './translate.ts';

const translator = bridgeTranslator({ domains, zone: utc, newId: idsInOrder(), clock: { nowUs: () => 0 } });

const message = (differing: Partial<Inbound> = {}): Inbound => ({
  topic: 'ceiling/nodes/n1/status',
  payload: Buffer.from('{"status":"online"}'),
  clientId: 'n1',
  connection: 1,
  receivedTimeUs: 1_000_000,
  holdMs: 1000,
  ...differing,
});

describe('user properties of a message', () => {
  const sent = [
    ['hop', 'gw-1'],
    ['hop', 'gw-2'],
  ] as const;
  const tooMany = Array.from({ length: 70 }, (_, n) => [`n${n}`, 'v'] as const);

  it('go with its event', () => {
    const translated = translator.translate(message({ userProperties: sent }));
    assert.ok(translated.outcome === 'event');
    assert.deepEqual(translated.event.userProperties, sent);
  });

  it('leave no trace where there are none', () => {
    for (const inbound of [message(), message({ userProperties: [] })]) {
      const translated = translator.translate(inbound);
      assert.ok(translated.outcome === 'event' && !('userProperties' in translated.event));
      const quarantined = translator.quarantined(inbound, { code: 'empty', detail: 'empty' });
      assert.ok(!('userProperties' in quarantined));
    }
  });

  it('go with the quarantined message, too', () => {
    const refusal = { code: 'empty', detail: 'the body is empty' };
    assert.deepEqual(translator.quarantined(message({ userProperties: sent }), refusal).userProperties, sent);
  });

  it('refuse it where they are too many, with the node that its topic names, and the first are kept', () => {
    const inbound = message({ userProperties: tooMany });
    const refused = translator.translate(inbound);
    assert.deepEqual(refused, {
      outcome: 'quarantine',
      code: 'out-of-range',
      detail: '70 user properties came, and 64 are kept',
      ...{ nodeId: 'n1', sensorId: undefined },
    });
    assert.ok(refused.outcome === 'quarantine');
    assert.deepEqual(translator.quarantined(inbound, refused).userProperties, tooMany.slice(0, 64));
  });
});
