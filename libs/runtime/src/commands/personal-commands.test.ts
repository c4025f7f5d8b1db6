/** Commands about events that name a person: rules and inline projections see the text, and nothing else does. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  command,
  type DecidedEvent,
  type Decider,
  decided,
  defineEvent,
  type NewEvent,
  newEvent,
  type Personal,
  personal,
  personalText,
  plenumItself,
} from '@plenum/event';
import { personKeys } from '../persons/person-keys.ts';
import { type PersonalParts, personalFieldsByType } from '../persons/personal-events.ts';
import { jsonCodec } from '../testing/json-codec.ts';
import { memoryEventStore } from '../testing/memory-event-store.ts';
import { memoryPersonKeys } from '../testing/memory-person-keys.ts';
import { sampleCipher } from '../testing/sample-cipher.ts';
import type { EventStore } from './event-store.ts';
import { handleCommand } from './handle-command.ts';
import { stateOf } from './state-of.ts';

type Named = { readonly user: string; readonly name: Personal; readonly times: number };

const schema = {
  ...({ type: 'record', namespace: 'test', name: 'Named' } as const),
  person: 'user',
  fields: [
    { name: 'user', type: 'string' },
    { name: 'name', type: { type: 'bytes', logicalType: 'personal' } },
    { name: 'times', type: 'int' },
  ],
};
const topic = { name: 't', partitions: 1 };
const Named = defineEvent<Named>()({ topic: topic.name, key: ({ user }) => user, schemas: [schema] });

const names: Decider<readonly (string | undefined)[], string | undefined> = {
  initial: [],
  // No name: the one there is, said once more.
  decide: (state, name) =>
    decided(newEvent(Named, { user: 'ana', name: personal(name ?? state.at(-1) ?? ''), times: state.length })),
  evolve: (state, { data }: NewEvent) => [...state, personalText((data as Named).name)],
  reserves: (state) => state.slice(-1).map((name) => `login:${name}`),
  hashesNames: true,
};

const name = (text?: string) => command({ name: 'test.name', stream: 'user-ana', decider: names, data: text });

const world = () => {
  const table = memoryPersonKeys();
  const inline: DecidedEvent[] = [];
  const note = (event: DecidedEvent) => {
    inline.push(event);
    return [];
  };
  const store = memoryEventStore({
    ...{ topics: [topic], codec: jsonCodec([Named]), transact: table.transact },
    inline: [{ schema: 's', steps: [], tables: [], statements: note }],
  });
  const partsWith = (master: string): PersonalParts => ({
    fields: personalFieldsByType([Named]),
    keys: personKeys({ table: table.open(), cipher: sampleCipher(master) }),
  });
  let ids = 0;
  const run = async (text: string | undefined, parts: PersonalParts | undefined, over: EventStore = store) => {
    ids += 1;
    const clock = { nowUs: () => 0 };
    const random = { bytes16: () => new Uint8Array(16).fill(ids) };
    const metadata = { id: `c${ids}`, actor: plenumItself };
    return handleCommand({ store: over, clock, random, personal: parts }, name(text), metadata);
  };
  const stateWith = async (parts: PersonalParts) => (await stateOf(store, names, 'user-ana', parts)).state;
  return { store, inline, table, run, partsWith, stateWith, mine: partsWith('master') };
};

describe('commands that name a person', () => {
  it('are decided on the text and recorded without it, and what is written with them sees it', async () => {
    const { run, store, inline, stateWith, mine } = world();
    assert.equal((await run('Ana', mine)).outcome, 'done');
    assert.equal((await run(undefined, mine)).outcome, 'done');
    assert.deepEqual(await stateWith(mine), ['Ana', 'Ana']);
    assert.deepEqual(
      inline.map(({ data }) => personalText((data as Named).name)),
      ['Ana', 'Ana'],
    );
    const { events } = await store.load('user-ana');
    assert.deepEqual(
      events.map(({ data }) => (data as Named).name.state),
      ['encrypted', 'encrypted'],
    );
    const [held] = store.reservations();
    assert.match(held?.name ?? '', /^login:[0-9a-f]{32}$/);
  });

  it('are not recorded in the plain, even when a caller forgets to encrypt', async () => {
    const { run, store } = world();
    await assert.rejects(run('Ana', undefined), /plain text of a person must not be recorded/);
    assert.equal((await store.load('user-ana')).version, 0);
  });

  it('are decided again when the key was forgotten meanwhile, also for a caller who asked for a version', async () => {
    const { run, store, stateWith, mine } = world();
    await run('Ana', mine);
    let forgotten = 0;
    const forgetting: EventStore = {
      ...store,
      append: async (append) => {
        forgotten += 1;
        if (forgotten === 1) await mine.keys.forget('ana');
        return store.append(append);
      },
    };
    const done = await run('Anna', mine, forgetting);
    assert.equal(done.outcome === 'done' && done.how, 'recorded');
    assert.equal(forgotten, 2);
    assert.deepEqual(await stateWith(mine), [undefined, 'Anna']);
  });

  it('wait for the master key, for what cannot be read is not lost', async () => {
    const { run, partsWith, stateWith, mine } = world();
    await run('Ana', mine);
    const refused = await run('Anna', partsWith('another master'));
    assert.deepEqual(refused.outcome === 'refused' && refused.code, 'not-now');
    assert.deepEqual(await stateWith(mine), ['Ana']);
  });
});
