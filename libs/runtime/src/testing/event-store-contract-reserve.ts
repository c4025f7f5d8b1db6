/** Names that streams hold alone: who gets them when, and that nobody ever has one that another has. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Command, entityOf } from '@plenum/event';
import fc from 'fast-check';
import type { Reservation } from '../commands/event-store.ts';
import { handleCommand } from '../commands/handle-command.ts';
import { rebuildStreams } from '../commands/rebuild-streams.ts';
import { stateOf } from '../commands/state-of.ts';
import { by, deciding, howOf } from './event-store-contract-append.ts';
import { rebuilding, relayAll } from './event-store-contract-relay.ts';
import { memoryLog } from './memory-log.ts';
import type { OpenEventStore, OpenedEventStore } from './opened-event-store.ts';
import { moveLabel, type PurseCommand, purseCommand, purseRules, purseStream } from './sample-purses.ts';

const label = (purse: string, text: string) => purseCommand({ do: 'label', purse, label: text });

const withPurses = async ({ store, another }: OpenedEventStore, ...purses: readonly string[]) => {
  let commands = 0;
  const places = [deciding(store), deciding(another)] as const;
  const run = async (command: Command, place: 0 | 1 = 0): Promise<string> =>
    howOf(await handleCommand(places[place], command, by(`c${(commands += 1)}`)));
  for (const purse of purses) await run(purseCommand({ do: 'open', purse }));
  return run;
};

/** What the purses say themselves. */
const labelsOf = async ({ store }: OpenedEventStore, purses: readonly string[]): Promise<readonly Reservation[]> => {
  const held: Reservation[] = [];
  for (const purse of purses) {
    const stream = purseStream(purse);
    const { state } = await stateOf(store, purseRules, stream);
    for (const name of purseRules.reserves?.(state) ?? []) held.push({ name, stream });
  }
  return held.sort((a, b) => (a.name < b.name ? -1 : 1));
};

export const reserveNames = (open: OpenEventStore): void => {
  it('gives a name to one stream at a time, and to the next when it was given back', async (t) => {
    const opened = await open(t);
    const run = await withPurses(opened, 'a', 'b');
    assert.equal(await run(label('a', 'x')), 'recorded');
    assert.equal(await run(label('b', 'x'), 1), 'exists');
    assert.equal((await opened.store.load('purse-b')).version, 1, 'nothing of it was recorded');
    assert.equal(await run(label('a', 'x')), 'unchanged');
    assert.equal(await run(label('a', 'y')), 'recorded');
    assert.equal(await run(label('b', 'x'), 1), 'recorded');
    assert.deepEqual(await opened.reservations(), [
      { name: 'label:x', stream: 'purse-b' },
      { name: 'label:y', stream: 'purse-a' },
    ]);
  });

  it('says why in the words of the stream that wanted the name', async (t) => {
    const { store } = await open(t);
    const place = deciding(store);
    for (const purse of ['a', 'b']) await handleCommand(place, purseCommand({ do: 'open', purse }), by('c1'));
    await handleCommand(place, label('a', 'x'), by('c2'));
    const refused = await handleCommand(place, label('b', 'x'), by('c3'));
    assert.deepEqual(refused, { outcome: 'refused', code: 'exists', reason: 'Another purse has this label.' });
  });

  it('gives a name that many want at the same moment to exactly one of them', async (t) => {
    const purses = Array.from({ length: 8 }, (_, index) => `p${index}`);
    const opened = await open(t);
    const run = await withPurses(opened, ...purses);
    const outcomes = await Promise.all(purses.map((purse, index) => run(label(purse, 'x'), index % 2 ? 1 : 0)));
    assert.deepEqual(outcomes.toSorted(), [...Array(7).fill('exists'), 'recorded']);
    const holder = purseStream(purses[outcomes.indexOf('recorded')] ?? '');
    assert.deepEqual(await opened.reservations(), [{ name: 'label:x', stream: holder }]);
    // And when its holder gives it back at the moment that the others ask again, at most one of them has it.
    const again = await Promise.all([
      run(label(entityOf(holder), '')),
      ...purses.filter((purse) => purseStream(purse) !== holder).map((purse) => run(label(purse, 'x'), 1)),
    ]);
    assert.equal(again[0], 'recorded');
    assert.ok(again.filter((how) => how === 'recorded').length <= 2);
    assert.deepEqual(await opened.reservations(), await labelsOf(opened, purses));
  });

  it('lets one stream give and another take in one command', async (t) => {
    const opened = await open(t);
    const run = await withPurses(opened, 'a', 'b');
    await run(label('a', 'x'));
    assert.equal(await run(moveLabel('a', 'b', 'x')), 'recorded');
    assert.deepEqual(await opened.reservations(), [{ name: 'label:x', stream: 'purse-b' }]);
    const both = purseCommand({ do: 'label', purse: 'a', label: 'z' }, { also: () => [label('b', 'z')] });
    assert.equal(await run(both), 'exists', 'two streams of one command want it');
    // Crosswise, at the same moment: nobody waits in a circle.
    await run(label('a', 'y'));
    const crossing = await Promise.all([run(label('a', 'x')), run(label('b', 'y'), 1)]);
    assert.ok(crossing.every((how) => how === 'exists' || how === 'recorded'));
    assert.deepEqual(await opened.reservations(), await labelsOf(opened, ['a', 'b']));
  });

  it('holds what all streams say together, whatever they were asked, and again after a rebuild', async (t) => {
    const purses = ['a', 'b', 'c', 'd'];
    const opened = await open(t);
    const run = await withPurses(opened, ...purses);
    const { store, source, checkpoints } = opened;
    const log = memoryLog(rebuilding.topics);
    let taken = 0;
    const aPurse = fc.constantFrom(...purses);
    const aLabel = fc.constantFrom('', 'x', 'y', 'z');
    const single = fc.record({ do: fc.constant('label' as const), purse: aPurse, label: aLabel });
    const moved = fc.tuple(fc.uniqueArray(aPurse, { minLength: 2, maxLength: 2 }), aLabel);
    const commands = fc.array(
      fc.oneof(
        single.map((data: PurseCommand) => purseCommand(data)),
        moved.map(([[from = '', to = ''], text]) => moveLabel(from, to, text)),
      ),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(commands, async (asked) => {
        await Promise.all(asked.map((command, index) => run(command, index % 2 ? 1 : 0)));
        const held = await opened.reservations();
        assert.deepEqual(held, await labelsOf(opened, purses));
        assert.equal(new Set(held.map(({ name }) => name)).size, held.length);
        taken += held.length;
      }),
      { numRuns: 30, seed: 7 },
    );
    assert.ok(taken > 0, 'a check in which nobody took a name proves nothing');
    await relayAll({ source, checkpoints, log });
    const before = await opened.reservations();
    const { reservations, contested } = await rebuildStreams({ log, ...rebuilding, store, replace: true });
    assert.deepEqual(await opened.reservations(), before);
    assert.deepEqual([reservations, contested], [before.length, []]);
  });
};
