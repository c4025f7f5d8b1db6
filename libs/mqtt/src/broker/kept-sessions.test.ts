import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { opened } from '../testing/door-under-test.ts';
import { connectPacket, ids, publishPacket, type RawClient, rawConnected, rawTcp } from '../testing/raw-client.ts';
import { defaultDoorLimits } from './door-limits.ts';
import type { MemoryLimits } from './memory.ts';

describe('kept sessions', () => {
  it('have a share of their own of what waits, whatever others leave lying', async (t) => {
    const { port, counts } = await door(t, { queuedBytesMax: 5_000, queuedBytesShare: 2_000 });
    await leave(port, 'abandoned', ['#']);
    await leave(port, 'device', ['commands']);
    const publisher = await rawConnected(port);
    publisher.send(...Array.from({ length: 100 }, (_, n) => publishPacket('a', 'x'.repeat(500), { messageId: n + 1 })));
    await ids(publisher, 100);
    publisher.send(publishPacket('commands', 'calibrate', { messageId: 101 }));
    await ids(publisher, 1);
    const missed = counts().notQueued;
    assert.ok(missed > 80, `${missed} were not queued`);
    const { client, sessionPresent } = await connected(port, 'device');
    assert.equal(sessionPresent, true);
    const command = await client.next();
    assert.equal(command.cmd === 'publish' && command.payload.toString(), 'calibrate');
    publisher.kill();
    client.kill();
  });

  it('make room for others, the one that has been away longest first', async (t) => {
    const { port } = await door(t, { sessionsMax: 2 });
    for (const id of ['first', 'second', 'third']) await leave(port, id, ['a']);
    const publisher = await rawConnected(port);
    publisher.send(publishPacket('a', 'm'));
    await ids(publisher, 1);
    publisher.kill();
    assert.equal((await connected(port, 'first')).sessionPresent, false);
    for (const id of ['second', 'third']) {
      const { client, sessionPresent } = await connected(port, id);
      assert.equal(sessionPresent, true, id);
      assert.equal((await client.next()).cmd, 'publish');
    }
  });

  it('end when their client has been away for too long, and with them what waits', async (t) => {
    const { port, counts } = await door(t, { sessionExpiryMs: 0 });
    await leave(port, 'gone', ['a']);
    const publisher = await rawConnected(port);
    publisher.send(publishPacket('a', 'm'));
    await ids(publisher, 1);
    assert.equal(counts().notQueued, 0);
    const { client, sessionPresent } = await connected(port, 'gone');
    assert.equal(sessionPresent, false);
    client.send({ cmd: 'pingreq' });
    assert.equal((await client.next()).cmd, 'pingresp', 'nothing waited');
    publisher.kill();
  });

  it('have so many filters together, and one that is refused is not kept', async (t) => {
    const { port } = await door(t, { sessionFiltersMax: 2 });
    await leave(port, 'one', ['a', 'b']);
    const { client } = await connected(port, 'two');
    assert.deepEqual(await subscribe(client, ['c']), [128]);
    const again = await connected(port, 'one');
    assert.equal(again.sessionPresent, true);
    assert.deepEqual(await subscribe(again.client, ['a']), [1], 'what it has it may have');
    const passing = await rawConnected(port, { clientId: 'passing' });
    assert.deepEqual(await subscribe(passing, ['c']), [1], 'a session that is not kept has its own limit');
    client.kill();
    assert.equal((await connected(port, 'two')).sessionPresent, false);
  });
});

const door = (t: TestContext, memory: Partial<MemoryLimits>) =>
  opened(t, { limits: { memory: { ...defaultDoorLimits.memory, ...memory } } });

const connected = async (port: number, clientId: string) => {
  const client = rawTcp(port);
  client.send(connectPacket({ clientId, clean: false }));
  const connack = await client.next();
  return { client, sessionPresent: connack.cmd === 'connack' && connack.sessionPresent };
};

const subscribe = async (client: RawClient, filters: readonly string[]): Promise<unknown> => {
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions: filters.map((topic) => ({ topic, qos: 1 })) });
  const suback = await client.next();
  return suback.cmd === 'suback' && suback.granted;
};

/** Makes a session that is kept, and goes away. */
const leave = async (port: number, clientId: string, filters: readonly string[]): Promise<void> => {
  const { client } = await connected(port, clientId);
  assert.deepEqual(
    await subscribe(client, filters),
    filters.map(() => 1),
  );
  client.send({ cmd: 'disconnect' });
  await client.closed;
};
