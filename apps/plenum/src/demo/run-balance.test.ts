import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accessTopic } from '@plenum/access';
import { commandsSeenTopic, readingsTopic, responsesTopic } from '@plenum/ceiling';
import { quarantineTopic } from '@plenum/quarantine';
import type { IngestBalance } from '@plenum/runtime';
import { balanceOfRun, type Standing, totalOf } from './run-balance.ts';

const nothingDropped = { 'qos0-overload': 0, 'connection-closed': 0, 'qos2-duplicate': 0, own: 0, unsafe: 0 };

const projections = [
  { name: 'readings', topics: [readingsTopic.name] },
  { name: 'quarantine', topics: [quarantineTopic.name] },
];

const standing = (more: Partial<Standing> = {}): Standing => ({
  ends: [
    { topic: readingsTopic.name, partition: 0, next: 100n },
    { topic: commandsSeenTopic.name, partition: 0, next: 5n },
    { topic: quarantineTopic.name, partition: 0, next: 7n },
  ],
  checkpoints: [
    {
      projection: 'readings',
      topic: readingsTopic.name,
      counters: { read: 100, applied: 90, duplicates: 9, notForIt: 0, parked: 1 },
    },
    {
      projection: 'quarantine',
      topic: quarantineTopic.name,
      counters: { read: 7, applied: 7, duplicates: 0, notForIt: 0, parked: 0 },
    },
  ],
  ...more,
});

const after = standing({
  ends: [
    { topic: readingsTopic.name, partition: 0, next: 110n },
    { topic: commandsSeenTopic.name, partition: 0, next: 6n },
    { topic: quarantineTopic.name, partition: 0, next: 9n },
  ],
  checkpoints: [
    {
      projection: 'readings',
      topic: readingsTopic.name,
      counters: { read: 110, applied: 97, duplicates: 12, notForIt: 0, parked: 1 },
    },
    {
      projection: 'quarantine',
      topic: quarantineTopic.name,
      counters: { read: 9, applied: 9, duplicates: 0, notForIt: 0, parked: 0 },
    },
  ],
});

const bridge = { received: 13, appended: 11, quarantined: 2, discarded: 0, dropped: nothingDropped, inHand: 0 };

describe('the counters of a run', () => {
  it('are what it added, and balance', () => {
    const { problems, ...counters } = balanceOfRun({ before: standing(), after, bridge, projections });
    assert.deepEqual(problems, []);
    assert.deepEqual(counters, {
      ...{ received: 13, appended: 11, quarantined: 2, dropped: 0, unread: 1, answers: 0 },
      projections: [{ projection: 'readings', read: 10, applied: 7, duplicates: 3, notForIt: 0, parked: 0 }],
    });
  });

  it('are of each projection by itself, also when two read one topic', () => {
    const another = { name: 'by_hour', topics: [readingsTopic.name] };
    const [readings] = after.checkpoints;
    assert.ok(readings);
    const hours = {
      ...readings,
      projection: 'by_hour',
      counters: { read: 110, applied: 60, duplicates: 0, notForIt: 50, parked: 0 },
    };
    const asked = { before: standing(), bridge, projections: [...projections, another] };
    const before = { ...hours, counters: { read: 100, applied: 50, duplicates: 0, notForIt: 50, parked: 0 } };
    const both = balanceOfRun({
      ...asked,
      before: standing({ checkpoints: [...standing().checkpoints, before] }),
      after: { ...after, checkpoints: [...after.checkpoints, hours] },
    });
    assert.deepEqual(both.problems, []);
    assert.equal(totalOf(both.projections, 'applied'), 17);
    // One that reads nothing is reported, however well the other does.
    assert.deepEqual(balanceOfRun({ ...asked, after }).problems, [
      'records in the topics of by_hour = read: 10 is not 0',
    ]);
  });

  it('leave out answers to commands, and what a broker gives back of them; and know answers that were refused later', () => {
    const answers = { topic: responsesTopic.name, partition: 0, next: 4n };
    const quarantined = after.ends.map((end) => (end.topic === quarantineTopic.name ? { ...end, next: 10n } : end));
    const [readings, quarantine] = after.checkpoints;
    assert.ok(readings && quarantine);
    const one = { ...quarantine, counters: { ...quarantine.counters, read: 10, applied: 10 } };
    const commanded = {
      before: standing(),
      after: { ends: [...quarantined, answers], checkpoints: [readings, one] },
      bridge: { ...bridge, received: 19, appended: 15, dropped: { ...nothingDropped, own: 2 } },
    };
    const { problems, ...counters } = balanceOfRun({ ...commanded, projections, refusedAnswers: 1 });
    assert.deepEqual(problems, []);
    assert.partialDeepStrictEqual(counters, { received: 13, appended: 11, quarantined: 2, dropped: 0, answers: 4 });
    assert.match(balanceOfRun({ ...commanded, projections }).problems.join(), /records in the quarantine: 2 is not 3/);
  });

  it('leave out what no device said', () => {
    const decided = { topic: accessTopic.name, partition: 0, next: 30n };
    const users = { name: 'users', topics: [accessTopic.name] };
    const counters = { read: 30, applied: 30, duplicates: 0, notForIt: 0, parked: 0 };
    const withDecided = {
      ends: [...after.ends, decided],
      checkpoints: [...after.checkpoints, { projection: 'users', topic: accessTopic.name, counters }],
    };
    assert.deepEqual(
      balanceOfRun({ before: standing(), after: withDecided, bridge, projections: [...projections, users] }),
      balanceOfRun({ before: standing(), after, bridge, projections }),
    );
  });

  it('say what does not balance', () => {
    const problemsWith = (more: Partial<Standing> & { readonly bridge?: IngestBalance }): readonly string[] =>
      balanceOfRun({ before: standing(), after: { ...after, ...more }, bridge, projections, ...more }).problems;
    assert.match(problemsWith({ bridge: { ...bridge, received: 14 } }).join(), /received = .*14 is not 13/);
    assert.match(
      problemsWith({ bridge: { ...bridge, received: 14, appended: 12 } }).join(),
      /records in the log: 12 is not 11/,
    );
    const [readings, quarantine] = after.checkpoints;
    assert.ok(readings && quarantine);
    const short = { ...readings, counters: { ...readings.counters, duplicates: 11 } };
    assert.match(problemsWith({ checkpoints: [short, quarantine] }).join(), /readings: read = applied .*10 is not 9/);
    const missed = { ...quarantine, counters: { ...quarantine.counters, read: 8 } };
    assert.match(
      problemsWith({ checkpoints: [readings, missed] }).join(),
      /records in the topics of quarantine = read: 2 is not 1/,
    );
  });
});
