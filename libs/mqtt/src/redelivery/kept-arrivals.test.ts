import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type KeptArrivals, keptArrivals } from './kept-arrivals.ts';

it('knows a message again in the same session, across connections, and not in another', () => {
  const kept = keptArrivals();
  take(kept, 'a', { packetId: 1, id: 'first' });
  kept.reconnected('a');
  assert.equal(take(kept, 'a', { packetId: 1, dup: true }), 'first');
  assert.equal(take(kept, 'b', { packetId: 1, dup: true }), undefined);
  kept.ended('a');
  assert.equal(take(kept, 'a', { packetId: 1, dup: true }), undefined);
});

it('forgets what a client that stayed must have heard of', () => {
  const kept = keptArrivals();
  take(kept, 'a', { packetId: 1, id: 'first' });
  kept.stayed(['a']);
  kept.acknowledged('a', 1);
  kept.stayed(['a']);
  assert.equal(kept.size(), 1, 'it was acknowledged after the last look');
  kept.stayed(['b']);
  kept.stayed(['a']);
  assert.equal(kept.size(), 0);
});

it('does not take a client that came back meanwhile for one that stayed', () => {
  const kept = keptArrivals();
  take(kept, 'a', { packetId: 1, id: 'first' });
  kept.acknowledged('a', 1);
  kept.stayed(['a']);
  kept.reconnected('a');
  kept.stayed(['a']);
  assert.equal(take(kept, 'a', { packetId: 1, dup: true }), 'first');
});

it('remembers so many messages of all together, and lets go of the client that sent none for longest', () => {
  const kept = keptArrivals(3);
  for (const client of ['a', 'b']) take(kept, client, { packetId: 1, id: client });
  take(kept, 'a', { packetId: 2, id: 'a2' });
  take(kept, 'c', { packetId: 1, id: 'c' });
  assert.equal(kept.size(), 3);
  assert.equal(take(kept, 'b', { packetId: 1, dup: true }), undefined);
  assert.equal(take(kept, 'a', { packetId: 1, dup: true }), 'a');
});

it('costs no memory for messages that say themselves what they are', () => {
  const kept = keptArrivals();
  for (let packetId = 1; packetId < 100; packetId += 1) take(kept, 'a', { packetId });
  assert.equal(kept.size(), 0);
});

type Sent = { readonly packetId: number; readonly dup?: boolean; readonly id?: string };

/** What a listener does with a message, for which an id is made when `id` says so. @returns the id of what it repeats. */
const take = (kept: KeptArrivals, clientId: string, { packetId, dup = false, id }: Sent): string | undefined => {
  const message = { topic: 't', payload: Buffer.from('x'), oversized: undefined, packetId, dup };
  const arrival = kept.arrived(clientId, message, 0);
  const before = arrival.id;
  if (id !== undefined) arrival.id ??= id;
  kept.offered(clientId, message, arrival);
  return before;
};
