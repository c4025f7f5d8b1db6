/** What every table of persons' keys keeps, seen through the keys that are made of it. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { PersonalPlace } from '@plenum/event';
import type { Sql } from '@plenum/read-model';
import { manualTimer } from '../ingest/testing/manual-timer.ts';
import { type FoundKeys, PersonalUnreadable, PersonKeyChanged } from '../persons/found-key.ts';
import type { PersonCipher, PersonKey } from '../persons/person-cipher.ts';
import type { PersonKeyTable } from '../persons/person-key-table.ts';
import { type PersonKeys, personKeys } from '../persons/person-keys.ts';
import { sampleCipher } from './sample-cipher.ts';

export type OpenedPersonKeys = {
  /** An empty table, as one more process has it. */
  open(): Promise<PersonKeyTable>;
  /** Commits what `work` did, or nothing of it when it rejects. */
  transact(work: (sql: Sql) => Promise<void>): Promise<void>;
  /** Changes the bytes of a key where it is kept. */
  tamper(person: string): Promise<void>;
};

export type OpenPersonKeys = (t: TestContext) => Promise<OpenedPersonKeys>;

export const personKeysContract = (name: string, open: OpenPersonKeys): void => {
  describe(`keys of persons in ${name}`, () => {
    usesOfKeys(open);
    endsOfKeys(open);
    mastersOfKeys(open);
  });
};

const usesOfKeys = (open: OpenPersonKeys): void => {
  it('are made on their first use, and are then the same in every process', async (t) => {
    const { process, record } = await world(t, open);
    const [one, other] = [await process(), await process()];
    assert.equal((await one.keysOf(['ana'])).size, 0);
    const text = await record(one, 'ana', 'Ana');
    for (const keys of [one, other]) {
      assert.equal(readBy(await keys.keysOf(['ana', 'ben', 'ana']), text), 'Ana');
      assert.equal(readBy(await keys.recentKeysOf(['ana', 'ben']), text), 'Ana');
    }
    const again = await record(other, 'ana', 'Anna');
    assert.equal(readBy(await one.keysOf(['ana']), again), 'Anna');
    assert.equal(readBy(await one.keysOf(['ana']), text), 'Ana');
  });

  it('are each of one person', async (t) => {
    const { process, record } = await world(t, open);
    const keys = await process();
    const persons = ['ana', 'ben', 'carl "x" \\', 'дана', ''];
    const texts = new Map<string, Uint8Array>();
    for (const person of persons) texts.set(person, await record(keys, person, `text of ${person}`));
    const found = await keys.keysOf(persons);
    assert.equal(found.size, persons.length);
    for (const person of persons) assert.equal(readBy(found, texts.get(person), person), `text of ${person}`);
    assert.equal(readBy(found, texts.get('ana'), 'ben'), undefined);
  });

  it('leave nothing behind when what they were made for is rolled back', async (t) => {
    const { process, transact } = await world(t, open);
    const keys = await process();
    const writing = await keys.keysFor(['ana']);
    writing.keyFor('ana');
    const rolledBack = transact(async (sql) => {
      await writing.keep(sql);
      throw new Error('a stream was elsewhere');
    });
    await assert.rejects(rolledBack, /a stream was elsewhere/);
    assert.equal((await keys.keysOf(['ana'])).size, 0);
    assert.equal((await keys.recentKeysOf(['ana'])).size, 0);
  });

  it('are one for two processes that make it at once', async (t) => {
    const { process, transact } = await world(t, open);
    const [one, other] = [await process(), await process()];
    const [first, second] = [await one.keysFor(['ana', 'ben']), await other.keysFor(['ben', 'ana'])];
    for (const person of ['ana', 'ben']) first.keyFor(person);
    for (const person of ['ben', 'ana']) second.keyFor(person);
    const made = await Promise.allSettled([transact(first.keep), transact(second.keep)]);
    assert.deepEqual(made.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    const lost = made.find(({ status }) => status === 'rejected');
    assert.ok(lost?.status === 'rejected' && lost.reason instanceof PersonKeyChanged);
    const [mine, theirs] = [await one.keysFor(['ana']), await other.keysFor(['ana'])];
    assert.equal(mine.keyFor('ana').mark, theirs.keyFor('ana').mark);
    await transact(mine.keep);
    await transact(theirs.keep);
  });

  it('are asked about where none was used by nobody', async (t) => {
    const { process, transact } = await world(t, open);
    const keys = await process();
    const { keep } = await keys.keysFor(['ana']);
    await transact(keep);
    assert.equal((await keys.keysOf(['ana'])).size, 0);
    assert.equal((await keys.keysOf([])).size, 0);
  });
};

const endsOfKeys = (open: OpenPersonKeys): void => {
  it('are gone once they are forgotten: here at once, elsewhere as soon as it is heard', async (t) => {
    const { process, record } = await world(t, open);
    const [one, other] = [await process(), await process()];
    await record(one, 'ana', 'Ana');
    await record(one, 'ben', 'Ben');
    for (const keys of [one, other]) assert.equal((await keys.recentKeysOf(['ana', 'ben'])).size, 2);
    await one.forget('ana');
    assert.deepEqual([...(await one.recentKeysOf(['ana', 'ben'])).keys()], ['ben']);
    assert.equal((await other.keysOf(['ana'])).size, 0);
    // The timer stands still, so nothing but the notice can make the other process ask again.
    while ((await other.recentKeysOf(['ana'])).size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await one.forget('ana');
    await one.forget('nobody');
  });

  it('are asked for again after a second, whatever was heard', async (t) => {
    const { process, record, timer, tables } = await world(t, open);
    const keys = await process();
    await record(keys, 'ana', 'Ana');
    const [table] = tables;
    assert.ok(table !== undefined);
    t.mock.method(table, 'read');
    const read = (table.read as unknown as { mock: { callCount(): number } }).mock; // As `t.mock` makes it.
    await keys.recentKeysOf(['ana']);
    await keys.recentKeysOf(['ana']);
    assert.equal(read.callCount(), 1);
    await timer.advance(1_000);
    await keys.recentKeysOf(['ana']);
    assert.equal(read.callCount(), 2);
  });

  it('come back as others, which distinguish what their predecessors encrypted from what was changed', async (t) => {
    const { process, record } = await world(t, open);
    const keys = await process();
    const before = await record(keys, 'ana', 'Ana');
    await keys.forget('ana');
    const after = await record(keys, 'ana', 'Anna');
    const found = (await keys.keysOf(['ana'])).get('ana');
    assert.ok(found?.outcome === 'found');
    assert.equal(found.key.decrypt(place, before).outcome, 'other-key');
    assert.deepEqual(found.key.decrypt(place, after), { outcome: 'decrypted', text: 'Anna' });
  });

  it('record nothing any more once they are forgotten', async (t) => {
    const { process, record, transact } = await world(t, open);
    const [one, other] = [await process(), await process()];
    await record(one, 'ana', 'Ana');
    const writing = await one.keysFor(['ana']);
    writing.keyFor('ana');
    await other.forget('ana');
    await assert.rejects(transact(writing.keep), PersonKeyChanged);
    const late = await one.keysFor(['ana']);
    late.keyFor('ana');
    await record(other, 'ana', 'Anna');
    await assert.rejects(transact(late.keep), PersonKeyChanged);
  });

  it('are forgotten only after what is being recorded with them', async (t) => {
    const { process, record, transact } = await world(t, open);
    const [one, other] = [await process(), await process()];
    await record(one, 'ana', 'Ana');
    const writing = await one.keysFor(['ana']);
    writing.keyFor('ana');
    const order: string[] = [];
    let forgetting: Promise<unknown> = Promise.resolve();
    await transact(async (sql) => {
      await writing.keep(sql);
      forgetting = other.forget('ana').then(() => order.push('forgotten'));
      // It has had every chance to be first.
      await one.keysOf(['ana']);
      assert.equal((await one.keysOf(['ana'])).size, 1);
      order.push('recorded');
    });
    await forgetting;
    assert.deepEqual(order, ['recorded', 'forgotten']);
  });
};

const mastersOfKeys = (open: OpenPersonKeys): void => {
  it('are wrapped again when the master key has changed, and then need the former no more', async (t) => {
    const { process, record } = await world(t, open);
    const before = await process();
    const persons = ['a', 'b', 'c', 'd', 'e'];
    const texts = new Map<string, Uint8Array>();
    for (const person of persons) texts.set(person, await record(before, person, `text of ${person}`));
    assert.deepEqual(await before.rewrapAll(), { rewrapped: 0, locked: 0 });
    const between = await process(sampleCipher('new', 'master'));
    assert.deepEqual(await between.rewrapAll(), { rewrapped: 5, locked: 0 });
    assert.deepEqual(await between.rewrapAll(), { rewrapped: 0, locked: 0 });
    const found = await (await process(sampleCipher('new'))).keysOf(persons);
    for (const person of persons) assert.equal(readBy(found, texts.get(person), person), `text of ${person}`);
  });

  it('are locked and not lost while their master key is not set', async (t) => {
    const { process, record } = await world(t, open);
    const keys = await process();
    const text = await record(keys, 'ana', 'Ana');
    const without = await process(sampleCipher('another'));
    const locked = { outcome: 'locked', why: 'other-key', wrappedWith: 'master' };
    assert.deepEqual((await without.keysOf(['ana'])).get('ana'), locked);
    assert.deepEqual(await without.rewrapAll(), { rewrapped: 0, locked: 1 });
    const writing = await without.keysFor(['ana']);
    assert.throws(() => writing.keyFor('ana'), PersonalUnreadable);
    assert.equal(readBy(await keys.keysOf(['ana']), text), 'Ana');
  });

  it('are locked when they were changed, and are not wrapped again', async (t) => {
    const { process, record, tamper } = await world(t, open);
    const keys = await process();
    await record(keys, 'ana', 'Ana');
    await record(keys, 'ben', 'Ben');
    await tamper('ana');
    const found = (await keys.keysOf(['ana'])).get('ana');
    assert.ok(found?.outcome === 'locked' && found.why === 'tampered');
    const between = await process(sampleCipher('new', 'master'));
    assert.deepEqual(await between.rewrapAll(), { rewrapped: 1, locked: 0 });
  });
};

const place: PersonalPlace = { type: 'test.Named', field: 'name' };

const readBy = (found: FoundKeys, text: Uint8Array | undefined, person = 'ana'): string | undefined => {
  const known = found.get(person);
  if (known?.outcome !== 'found' || text === undefined) return undefined;
  const read = known.key.decrypt(place, text);
  return read.outcome === 'decrypted' ? read.text : undefined;
};

const world = async (t: TestContext, open: OpenPersonKeys) => {
  const { open: openOne, transact, tamper } = await open(t);
  const timer = manualTimer();
  const tables: PersonKeyTable[] = [];
  const opened: PersonKeys[] = [];
  t.after(() => Promise.all(opened.map(({ close }) => close())));
  return {
    timer,
    tables,
    transact,
    tamper,
    process: async (cipher: PersonCipher = sampleCipher('master')): Promise<PersonKeys> => {
      const table = { ...(await openOne()) };
      tables.push(table);
      const keys = personKeys({ table, cipher, timer, limits: { rewrapBatch: 2 } });
      opened.push(keys);
      return keys;
    },
    /** What a text of a person was encrypted to, in a transaction that kept the key. */
    record: async (keys: PersonKeys, person: string, text: string): Promise<Uint8Array> => {
      const writing = await keys.keysFor([person]);
      const key: PersonKey = writing.keyFor(person);
      await transact(writing.keep);
      return key.encrypt(place, text);
    },
  };
};
