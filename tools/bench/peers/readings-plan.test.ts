import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { outgoingOf } from './readings-plan.ts';

describe('readings to be published', () => {
  const plan = outgoingOf(3, 40);

  it('are as many for every connection, and no two of them the same', () => {
    assert.deepEqual(
      plan.map(({ named }) => named.length),
      [40, 40, 40],
    );
    const all = plan.flatMap(({ named }) => named.map(({ sensor, time }) => `${sensor} ${time}`));
    assert.equal(new Set(all).size, 120);
  });

  it('are found under their names in the bytes that are sent', () => {
    for (const { named, bytes } of plan) {
      for (const [index, { sensor, time }] of named.entries()) {
        const packet = bytes(index, index + 1).toString('latin1');
        assert.ok(packet.includes(`ceiling/sensors/${sensor}/data`), packet);
        assert.ok(packet.includes(`"timestamp":"${time}"`), packet);
      }
      assert.equal(
        bytes(0, named.length).length,
        named.reduce((sum, _, n) => sum + bytes(n, n + 1).length, 0),
      );
    }
  });
});
