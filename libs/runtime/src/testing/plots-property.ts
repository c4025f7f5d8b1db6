/**
 * The property of projections whose rows end and whose values are unique: however a log is cut, redelivered and
 * interrupted, what comes out is what comes of its records one at a time, and that is the fold of what was not parked.
 */
import assert from 'node:assert/strict';
import { type Event, streamOf } from '@plenum/event';
import {
  type Build,
  type FoldedTables,
  foldProjection,
  type Recorded,
  type Row,
  type Table,
  tablesOf,
} from '@plenum/read-model';
import fc from 'fast-check';
import type { Counters } from '../consumer/checkpoint-store.ts';
import type { LogRecord } from '../log.ts';
import type { ReadModelStore } from '../read-model-store.ts';
import { deliver, someDeliveries } from './deliveries.ts';
import { projectedOneAtATime } from './one-at-a-time.ts';
import {
  EstateClosed,
  EstateNamed,
  estateStream,
  LabelsExchanged,
  PlotJoined,
  PlotLeft,
  PlotMeasured,
  PlotVisited,
  plotStream,
  plotsCodec,
  plotsProjection,
  plotsTopic,
  squareAt,
} from './sample-plots.ts';

export const plotsAt = { topic: plotsTopic.name, partition: 0 };

export type PlotsUnderTest = {
  /** Prepared for `plotsAt`, and empty. */
  readonly store: ReadModelStore;
  /** `plotsProjection`, in any version. */
  readonly projection: Build;
  /** All rows of a table as committed. */
  readonly rows: (table: Table) => Promise<readonly Row[]>;
  /** Committed parked records: `offset key code`, in log order. */
  readonly parked: () => Promise<readonly string[]>;
  readonly counters: () => Promise<Counters>;
};

/** Holds for so many logs and deliveries, each over a fresh place. */
export const plotsProperty = (numRuns: number, fresh: () => Promise<PlotsUnderTest>): Promise<void> =>
  fc.assert(
    fc.asyncProperty(fc.array(aChange, { maxLength: 60 }), someDeliveries, async (changes, deliveries) => {
      const records = plotRecords(changes);
      const { store, projection, rows, parked, counters } = await fresh();
      await deliver({ store, codec: plotsCodec, projection, at: plotsAt, records }, deliveries);
      const expected = await oneAtATime(records);
      for (const table of tablesOf(plotsProjection)) {
        const wanted = expected.tables.get(table.name)?.values() ?? [];
        assert.deepEqual(sorted(await rows(table)), sorted([...wanted]), table.name);
      }
      assert.deepEqual(await parked(), expected.parked);
      assert.deepEqual(await counters(), expected.counters);
    }),
    { numRuns },
  );

/** In memory, each record in a batch of its own; held against the fold of those that are not parked. */
const oneAtATime = async (records: readonly LogRecord[]) => {
  const projection = plotsProjection;
  const store = await projectedOneAtATime({ projection, codec: plotsCodec, at: plotsAt, records });
  const parked = store.parked(projection);
  const left = new Set(parked.map(({ offset }) => offset));
  const tables = foldProjection(projection, recordedOf(records.filter(({ offset }) => !left.has(offset))));
  for (const table of tablesOf(projection)) {
    const there = store.rows(projection, table.name);
    assert.deepEqual(sorted([...there.values()]), sorted([...(tables.get(table.name)?.values() ?? [])]), table.name);
  }
  return {
    tables: tables satisfies FoldedTables,
    parked: parked.map(({ offset, key, code }) => `${offset} ${key} ${code}`),
    counters: store.counters(projection),
  };
};

const recordedOf = (records: readonly LogRecord[]): readonly Recorded[] =>
  records.flatMap((record) => {
    const known = plotsCodec.decode(record);
    return known.outcome === 'event' ? [{ event: known.event, partition: 0, offset: record.offset }] : [];
  });

/** Rows as texts, in an order that does not depend on the store. */
const sorted = (rows: readonly Row[]): readonly string[] =>
  rows
    .map((row) => {
      const columns = Object.entries(row).filter(([, value]) => value !== undefined);
      const texts = columns.map(([name, value]) => {
        return `${name}=${value instanceof Uint8Array ? Uint8Array.from(value).toHex() : String(value)}`;
      });
      return texts.sort().join(' ');
    })
    .sort();

/** Something that happens to a plot; `again`: then what has happened is relayed again from so many events before. */
export type PlotChange = {
  readonly kind: 'measured' | 'joined' | 'exchanged' | 'left' | 'visited' | 'named' | 'closed' | 'missed' | 'surveyed';
  readonly estate: string;
  readonly plot: string;
  readonly other: string;
  readonly label: string;
  readonly otherLabel: string;
  readonly place: number;
  readonly again: number;
};

const aLabel = fc.constantFrom('a', 'A', 'b', 'c', 'ä', 'Ä');
const aPlot = fc.constantFrom('1', '2', '3');
const aChange: fc.Arbitrary<PlotChange> = fc.record({
  kind: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('measured' as const) },
    { weight: 9, arbitrary: fc.constantFrom('joined', 'exchanged', 'left') },
    { weight: 4, arbitrary: fc.constantFrom('visited', 'named', 'closed', 'surveyed') },
    { weight: 1, arbitrary: fc.constantFrom('missed' as const) },
  ),
  ...{ estate: fc.constantFrom('e', 'f', 'g'), plot: aPlot, other: aPlot, label: aLabel, otherLabel: aLabel },
  place: fc.integer({ min: -180, max: 180 }),
  again: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 9 }) }),
});

/** A log of these, in which every stream's versions are counted; of what was missed one is left out. */
export const plotRecords = (changes: readonly PlotChange[]): readonly LogRecord[] => {
  const versions = new Map<string, number>();
  const events: Event[] = [];
  for (const [index, change] of changes.entries()) {
    const [definition, data] = eventOf(change);
    const stream = streamOfChange(change);
    const version = (versions.get(stream) ?? 0) + 1;
    versions.set(stream, version);
    if (change.kind === 'missed') continue;
    events.push({
      id: `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`,
      type: definition.type,
      source: stream,
      ...{ effectiveTimeUs: index, recordedTimeUs: index, data },
      decision: { stream, version, organisation: 'default', commandId: String(index) },
    });
    if (change.again > 0) events.push(...events.slice(-change.again));
  }
  return events.map((event, offset) => ({ offset: BigInt(offset), ...plotsCodec.encode(event) }));
};

const streamOfChange = ({ kind, estate, plot }: PlotChange): string => {
  if (kind === 'surveyed') return streamOf('survey', `${estate}-${plot}`);
  return kind === 'named' || kind === 'closed' ? estateStream(estate) : plotStream(estate, plot);
};

const eventOf = (change: PlotChange) => {
  const { kind, estate, plot, other, label, otherLabel, place } = change;
  switch (kind) {
    // In a stream that the projection does not take, so it is not for it, whatever it says.
    case 'surveyed':
    case 'measured': {
      // Some outlines are none: a table refuses them.
      const outline = place > 178 ? Uint8Array.of(1, 2, 3) : squareAt(Math.min(Math.max(place, -179), 179), 45);
      return [PlotMeasured, { estate, plot, label, outline }] as const;
    }
    case 'joined':
      return [PlotJoined, { estate, plot, other }] as const;
    case 'exchanged':
      return [LabelsExchanged, { estate, plot, other, label, otherLabel }] as const;
    case 'left':
      return [PlotLeft, { estate, plot }] as const;
    case 'named':
      return [EstateNamed, { estate, name: label }] as const;
    case 'closed':
      return [EstateClosed, { estate }] as const;
    default:
      return [PlotVisited, { estate, plot }] as const;
  }
};
