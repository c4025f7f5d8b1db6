/** What a store of decisions keeps, refuses, and does together or not at all. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  type Command,
  type CommandMetadata,
  type Event,
  type NewEvent,
  type NotDone,
  plenumItself,
  type Receipt,
  timeId,
} from '@plenum/event';
import type { Append, EventStore, StreamAppend } from '../commands/event-store.ts';
import { handleCommand } from '../commands/handle-command.ts';
import { stateOf } from '../commands/state-of.ts';
import { chance } from './chance.ts';
import type { OpenEventStore } from './opened-event-store.ts';
import {
  CoinsPut,
  centsTooMany,
  moveCoins,
  PurseOpened,
  purseCommand,
  purseRules,
  purseStream,
} from './sample-purses.ts';

let counted = 0;
/** An event as somebody might make it; only its id has to be its own. */
export const anEvent = ({ type, data }: NewEvent): Event => {
  counted += 1;
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(12, counted);
  const [timeUs, id] = [1_772_615_702_000_000 + counted * 1000, timeId(1_772_615_702_000, bytes)];
  return { id, type, source: 'somewhere', effectiveTimeUs: timeUs, recordedTimeUs: timeUs, data };
};

type ToAppend = Omit<StreamAppend, 'events'> & { readonly events: readonly Event[] };

const opened = (purse: string): Event => anEvent({ type: PurseOpened.type, data: { purse } });
const put = (purse: string, cents: number): Event => anEvent({ type: CoinsPut.type, data: { purse, cents } });
const to = (purse: string, expectedVersion: number, ...events: readonly Event[]): ToAppend => ({
  stream: purseStream(purse),
  expectedVersion,
  events,
});
/** Numbered as a command handler does. */
const asked = (commandId: string, ...streams: readonly ToAppend[]): Append => ({
  commandId,
  streams: streams.map(({ stream, expectedVersion, events }) => ({
    ...{ stream, expectedVersion },
    events: events.map((event, index) => ({
      ...event,
      decision: { stream, version: expectedVersion + index + 1, organisation: 'default', commandId },
    })),
  })),
});

/** What deciding needs besides the store, from a seed. */
export const deciding = (store: EventStore) => {
  const { below } = chance(7);
  let nowUs = 1_772_615_702_000_000;
  const random = { bytes16: () => Uint8Array.from({ length: 16 }, () => below(256)) };
  return { store, random, clock: { nowUs: () => (nowUs += 1000) } };
};

/** Who asks in tests of the store. */
export const by = (id: string, more: Partial<CommandMetadata> = {}): CommandMetadata => ({
  id,
  actor: plenumItself,
  ...more,
});

/** How it was done, or why not. */
export const howOf = (done: Receipt | NotDone): string => {
  if (done.outcome === 'done') return done.how;
  return done.outcome === 'refused' ? done.code : done.outcome;
};

export const appendDecisions = (open: OpenEventStore): void => {
  it('gives back what was recorded, numbered, in order and in pages', async (t) => {
    const { store, another } = await open(t);
    const events = [opened('a'), ...Array.from({ length: 250 }, (_, cents) => put('a', cents))];
    const appended = await store.append(asked('c1', to('a', 0, ...events)));
    const streams = [{ stream: 'purse-a', version: 251 }];
    assert.deepEqual(appended, { outcome: 'appended', answer: { commandId: 'c1', streams } });
    const loaded: Event[] = [];
    while (loaded.length < 251) {
      const { version, events: page } = await another.load('purse-a', loaded.length);
      assert.equal(version, 251);
      assert.ok(page.length > 0);
      loaded.push(...page);
    }
    const numbers = events.map((event, index) => ({
      ...event,
      decision: { stream: 'purse-a', version: index + 1, organisation: 'default', commandId: 'c1' },
    }));
    assert.deepEqual(loaded, numbers);
    const { state, version } = await stateOf(another, purseRules, 'purse-a');
    assert.deepEqual([version, state], [251, { open: true, cents: (249 * 250) / 2, label: '' }]);
  });

  it('knows nothing of a stream and a command that never were', async (t) => {
    const { store } = await open(t);
    assert.deepEqual(await store.load('purse-none'), { version: 0, organisation: undefined, events: [] });
    assert.equal(await store.answered('none'), undefined);
  });

  it('loads several streams in the order asked, long ones and such as never were', async (t) => {
    const { store, another } = await open(t);
    const many = Array.from({ length: 120 }, (_, cents) => put('b', cents));
    await store.append(asked('c1', to('a', 0, opened('a'), put('a', 5)), to('b', 0, opened('b'), ...many)));
    const [b, none, a, ...others] = await another.loadAll(['purse-b', 'purse-none', 'purse-a']);
    assert.deepEqual(others, []);
    assert.deepEqual(none, { version: 0, organisation: undefined, events: [] });
    assert.deepEqual(a, await another.load('purse-a'));
    assert.deepEqual([b?.version, b?.organisation], [121, 'default']);
    const page = b?.events ?? [];
    assert.ok(page.length > 0);
    assert.deepEqual(
      page.map(({ decision }) => [decision?.stream, decision?.version]),
      page.map((_, index) => ['purse-b', index + 1]),
    );
    assert.deepEqual(await another.loadAll([]), []);
    // A decision on both reads the long one to its end.
    const done = await handleCommand(deciding(another), moveCoins('b', 'a', 7), by('m1'));
    assert.equal(howOf(done), 'recorded');
    const { state } = await stateOf(store, purseRules, 'purse-a');
    assert.equal(state.cents, 12);
  });

  it('loads a stream as it was at one instant, whatever is appended meanwhile', async (t) => {
    const { store, another } = await open(t);
    await store.append(asked('c0', to('a', 0, opened('a'))));
    for (let version = 1; version < 30; version += 1) {
      const appended = store.append(asked(`c${version}`, to('a', version, put('a', 1))));
      // A little later each time: one of these is the moment at which it is stored.
      for (let turns = 1; turns < version; turns += 1) await Promise.resolve();
      const loaded = await another.load('purse-a');
      assert.equal(loaded.events.length, loaded.version);
      await appended;
    }
  });

  it('takes events only on the version that they were decided on, and all streams or none', async (t) => {
    const { store, another } = await open(t);
    await store.append(asked('c1', to('a', 0, opened('a')), to('b', 0, opened('b'), put('b', 5))));
    const conflict = (stream: string, version: number) => ({ outcome: 'conflict', stream, version });
    const late = asked('c2', to('a', 1, put('a', 1)), to('b', 1, put('b', 1)));
    assert.deepEqual(await another.append(late), conflict('purse-b', 2));
    assert.deepEqual(await another.append(asked('c3', to('c', 1, put('c', 1)))), conflict('purse-c', 0));
    assert.deepEqual(await another.append(asked('c4', to('a', 0, opened('a')))), conflict('purse-a', 1));
    // Of what was refused nothing is there, not even the commands, and what comes next is not in its way.
    assert.equal((await store.load('purse-a')).version, 1);
    assert.equal(await store.answered('c2'), undefined);
    assert.equal(
      (await store.append(asked('c2', to('a', 1, put('a', 1)), to('b', 2, put('b', 1))))).outcome,
      'appended',
    );
    assert.equal((await store.append(asked('c3', to('c', 0, opened('c'))))).outcome, 'appended');
  });

  it('checks streams that get nothing', async (t) => {
    const { store } = await open(t);
    await store.append(asked('c1', to('a', 0, opened('a'))));
    const onOthers = (a: number, b: number) =>
      store.append(asked(`c2 ${a} ${b}`, to('a', a), to('b', b), to('c', 0, opened('c'))));
    assert.deepEqual(await onOthers(0, 0), { outcome: 'conflict', stream: 'purse-a', version: 1 });
    assert.deepEqual(await onOthers(1, 1), { outcome: 'conflict', stream: 'purse-b', version: 0 });
    const answer = { commandId: 'c2 1 0', streams: [{ stream: 'purse-c', version: 1 }] };
    assert.deepEqual(await onOthers(1, 0), { outcome: 'appended', answer });
    assert.equal((await store.append(asked('c3', to('b', 0, opened('b'))))).outcome, 'appended');
  });

  it('answers a command that is asked again as it did, whatever it asks now', async (t) => {
    const { store, another } = await open(t);
    const first = await store.append(asked('c1', to('b', 0, opened('b'), put('b', 3)), to('a', 0, opened('a'))));
    assert.ok(first.outcome === 'appended');
    const { answer } = first;
    assert.deepEqual(answer.streams, [
      { stream: 'purse-a', version: 1 },
      { stream: 'purse-b', version: 2 },
    ]);
    await store.append(asked('c2', to('a', 1, put('a', 1))));
    assert.deepEqual(await another.append(asked('c1', to('b', 0, opened('b')))), { outcome: 'known', answer });
    assert.deepEqual(await another.answered('c1'), answer);
    assert.equal((await store.load('purse-b')).version, 2);
  });

  it('keeps a key for the request that was carried out under it', async (t) => {
    const { store, another, rows } = await open(t);
    const request = { key: 'k1', fingerprint: new Uint8Array(32).fill(1) };
    const other = { ...request, fingerprint: new Uint8Array(32).fill(2) };
    assert.equal(await store.askedUnder('k1'), undefined);
    // What came to nothing has not used the key.
    const inConflict = await store.append({ ...asked('c0', to('a', 1, put('a', 1))), request: other });
    assert.equal(inConflict.outcome, 'conflict');
    assert.equal(await store.askedUnder('k1'), undefined);
    assert.equal((await store.append({ ...asked('c1', to('a', 0, opened('a'))), request })).outcome, 'appended');
    assert.deepEqual(await another.askedUnder('k1'), request);
    const before = await rows();
    const used = await another.append({ ...asked('c2', to('a', 1, put('a', 1))), request: other });
    assert.deepEqual(used, { outcome: 'key-used' });
    assert.deepEqual(await rows(), before);
    // One request may lead to several commands, and the same one may be asked again.
    assert.equal((await another.append({ ...asked('c3', to('a', 1, put('a', 1))), request })).outcome, 'appended');
    assert.equal((await store.append({ ...asked('c1', to('a', 0, opened('a'))), request })).outcome, 'known');
    assert.equal((await store.append({ ...asked('c1', to('a', 0, opened('a'))), request: other })).outcome, 'key-used');
  });

  it('remembers a request that recorded nothing, the first of its key', async (t) => {
    const { store, another } = await open(t);
    const request = { key: 'k1', fingerprint: new Uint8Array(32).fill(1) };
    await store.rememberRequest(request);
    await another.rememberRequest({ ...request, fingerprint: new Uint8Array(32).fill(2) });
    assert.deepEqual(await another.askedUnder('k1'), request);
  });

  it('takes one of two requests that come with one key at the same moment', async (t) => {
    const { store, another } = await open(t);
    const places = [store, another];
    const outcomes = await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (purse, index) => {
        const request = { key: 'k1', fingerprint: new Uint8Array(32).fill(index) };
        return (await places[index % 2]?.append({ ...asked(`c ${purse}`, to(purse, 0, opened(purse))), request }))
          ?.outcome;
      }),
    );
    assert.deepEqual(
      outcomes.filter((outcome) => outcome !== 'appended'),
      ['key-used', 'key-used', 'key-used'],
    );
  });

  it('says no to a command whose key was used for another request', async (t) => {
    const { store, another } = await open(t);
    const request = { key: 'k1', fingerprint: new Uint8Array(32).fill(1) };
    const open1 = purseCommand({ do: 'open', purse: 'a' });
    assert.equal(howOf(await handleCommand(deciding(store), open1, by('c1', { request }))), 'recorded');
    assert.equal(howOf(await handleCommand(deciding(another), open1, by('c1', { request }))), 'known');
    const put1 = purseCommand({ do: 'put', purse: 'a', cents: 1 });
    const other = { ...request, fingerprint: new Uint8Array(32).fill(2) };
    const refused = await handleCommand(deciding(another), put1, by('c2', { request: other }));
    assert.ok(refused.outcome === 'refused' && refused.code === 'key-used');
    assert.equal((await store.load('purse-a')).version, 1);
  });

  it('writes inline projections in the same transaction', async (t) => {
    const { store, notes } = await open(t);
    await store.append(asked('c1', to('a', 0, opened('a'), put('a', 1))));
    await store.append(asked('c2', to('a', 0, opened('a'))));
    await store.append(asked('c1', to('a', 2, put('a', 1))));
    const failed = store.append(asked('c3', to('a', 2, put('a', 1), put('a', centsTooMany))));
    await assert.rejects(failed, /too many cents/);
    assert.deepEqual(await notes(), ['purse-a 1', 'purse-a 2']);
    assert.equal((await store.load('purse-a')).version, 2);
    assert.equal(await store.answered('c3'), undefined);
  });

  it('refuses events that do not say where they are to follow', async (t) => {
    const { store } = await open(t);
    const { streams } = asked('c1', to('a', 0, opened('a')));
    await assert.rejects(store.append({ commandId: 'c2', streams }), /version 1 of purse-a/);
    const late = streams.map((one) => ({ ...one, expectedVersion: 1 }));
    await assert.rejects(store.append({ commandId: 'c1', streams: late }), /version 2 of purse-a/);
    assert.deepEqual(await store.load('purse-a'), { version: 0, organisation: undefined, events: [] });
  });

  it('refuses events of one stream that the log would keep in different places', async (t) => {
    const { store } = await open(t);
    await assert.rejects(store.append(asked('c1', to('a', 0, opened('a'), put('b', 1)))), /purse-a/);
    await store.append(asked('c2', to('a', 0, opened('a'))));
    await assert.rejects(store.append(asked('c3', to('a', 1, put('b', 1)))), /purse-a/);
    assert.equal((await store.load('purse-a')).version, 1);
  });

  it('keeps whose a stream is from its first event on', async (t) => {
    const { store, another } = await open(t);
    const of = (organisation: string, { streams, ...append }: Append): Append => ({
      ...append,
      streams: streams.map(({ events, ...one }) => ({
        ...one,
        events: events.map((event) => ({ ...event, decision: { ...event.decision, organisation } })),
      })),
    });
    await store.append(of('acme', asked('c1', to('a', 0, opened('a')))));
    await assert.rejects(another.append(of('other', asked('c2', to('a', 1, put('a', 1))))), /purse-a belongs to/);
    const [mine] = of('acme', asked('c3', to('b', 0, opened('b'), put('b', 1)))).streams[0]?.events ?? [];
    const [, others] = of('other', asked('c3', to('b', 0, opened('b'), put('b', 1)))).streams[0]?.events ?? [];
    assert.ok(mine && others);
    const both = { stream: 'purse-b', expectedVersion: 0, events: [mine, others] };
    await assert.rejects(store.append({ commandId: 'c3', streams: [both] }), /more than one organisation/);
    assert.equal((await another.append(of('acme', asked('c4', to('a', 1, put('a', 1)))))).outcome, 'appended');
    const { organisation, events } = await another.load('purse-a');
    assert.deepEqual([organisation, ...events.map(({ decision }) => decision?.organisation)], ['acme', 'acme', 'acme']);
    assert.equal((await store.load('purse-b')).organisation, undefined);
  });

  it('lets somebody decide about what belongs to their organisation, and to no other', async (t) => {
    const { store } = await open(t);
    const as = (organisation: string, id: string, more: Partial<CommandMetadata> = {}): CommandMetadata =>
      by(id, { actor: { id: `${organisation}'s`, organisation, permissions: ['*'] }, ...more });
    const ask = async (command: Command, metadata: CommandMetadata) =>
      howOf(await handleCommand(deciding(store), command, metadata));
    const openPurse = (purse: string) => purseCommand({ do: 'open', purse });
    const putCent = (purse: string) => purseCommand({ do: 'put', purse, cents: 1 });
    assert.equal(await ask(openPurse('a'), as('acme', 'c1')), 'recorded');
    assert.equal(await ask(openPurse('b'), as('other', 'c1')), 'recorded');
    assert.equal(await ask(putCent('a'), as('acme', 'c2')), 'recorded');
    assert.equal(await ask(putCent('a'), as('other', 'c2')), 'not-found');
    assert.equal(await ask(openPurse('a'), as('other', 'c3')), 'not-found', 'also where it would change nothing');
    assert.equal(await ask(putCent('a'), as('other', 'c4', { expectedVersion: 2 })), 'conflict', 'as of none');
    assert.equal(await ask(moveCoins('a', 'b', 1), as('acme', 'c5')), 'not-found', 'also on the way');
    assert.equal((await store.load('purse-a')).version, 2);
    // Plenum itself may, and what it makes belongs where it says, or where that belongs which it was asked about.
    assert.equal(await ask(moveCoins('a', 'b', 1), by('c6')), 'recorded');
    assert.equal(await ask(openPurse('c'), by('c7', { organisation: 'acme' })), 'recorded');
    assert.equal(await ask(openPurse('d'), by('c7')), 'recorded');
    const alongA = purseCommand({ do: 'put', purse: 'a', cents: 1 }, { also: () => [openPurse('e')] });
    assert.equal(await ask(alongA, by('c8')), 'recorded');
    assert.equal(await ask(openPurse('f'), as('acme', 'c9', { organisation: 'other' })), 'forbidden');
    const belongs = await Promise.all(['c', 'd', 'e', 'f'].map((purse) => store.load(purseStream(purse))));
    assert.deepEqual(
      belongs.map(({ organisation }) => organisation),
      ['acme', 'default', 'acme', undefined],
    );
  });

  it('lets many decide at once: no rule is broken, no command counts twice, no version is missing', async (t) => {
    const { store, another } = await open(t);
    const purses = ['a', 'b', 'c'];
    const places = [deciding(store), deciding(another)] as const;
    for (const purse of purses) {
      await handleCommand(places[0], purseCommand({ do: 'open', purse }), by('c1'));
      await handleCommand(places[0], purseCommand({ do: 'put', purse, cents: 10 }), by('c1'));
    }
    const { below } = chance(3);
    const commands = Array.from({ length: 60 }, (_, index) => {
      const [from = '', into = ''] = [purses[index % 3], purses[(index + 1 + below(2)) % 3]];
      return [moveCoins(from, into, 1 + below(4)), by(`move-${index}`)] as const;
    });
    // Everybody asks twice, in two processes.
    const outcomes = await Promise.all(
      commands.map(([command, metadata]) =>
        Promise.all(places.map(async (place) => howOf(await handleCommand(place, command, metadata)))),
      ),
    );
    for (const both of outcomes) {
      const done = both.filter((how) => how === 'recorded');
      assert.ok(done.length <= 1, 'a command counted twice');
    }
    const states = await Promise.all(purses.map((purse) => stateOf(store, purseRules, purseStream(purse))));
    assert.ok(states.every(({ state }) => state.cents >= 0));
    assert.equal(
      states.reduce((sum, { state }) => sum + state.cents, 0),
      30,
    );
    const recorded = outcomes.flat().filter((how) => how === 'recorded').length;
    assert.ok(recorded > 0);
    assert.equal(
      states.reduce((sum, { version }) => sum + version, 0),
      6 + 2 * recorded,
    );
  });
};
