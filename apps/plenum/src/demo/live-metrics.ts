/** The live metrics of a demo, from counters that are kept anyway. */
import type { Counters, IngestBalance } from '@plenum/runtime';
import type { SimulationCounts } from '../simulate/run-simulation.ts';

/** What came to one projection since the start, or in a run, of what devices sent. */
export type ProjectionCounters = Counters & { readonly projection: string };

export type Sample = {
  readonly timeMs: number;
  readonly published: number;
  readonly acknowledged: number;
  readonly received: number;
  readonly appended: number;
  readonly quarantined: number;
  /** Received and kept nowhere: nobody was promised it. */
  readonly dropped: number;
  readonly inHand: number;
  /** Each by itself, because several may read the same. `behind` are records in the log that it has not yet. */
  readonly projections: readonly (ProjectionCounters & { readonly behind: number })[];
  readonly memoryBytes: number;
  readonly connected: number;
};

export type SampleSources = {
  readonly timeMs: number;
  readonly simulation: SimulationCounts;
  readonly bridge: IngestBalance;
  /** What was committed since the start, by projection. */
  readonly counters: ReadonlyMap<string, Counters>;
  /** By projection; those that are here are in the metrics. */
  readonly behind: ReadonlyMap<string, number>;
  readonly memoryBytes: number;
};

export const sampleOf = ({ simulation, bridge, counters, behind, ...rest }: SampleSources): Sample => ({
  ...rest,
  published: simulation.published,
  acknowledged: simulation.acknowledged,
  connected: simulation.connected,
  received: bridge.received,
  appended: bridge.appended,
  quarantined: bridge.quarantined + bridge.discarded,
  dropped: droppedOf(bridge),
  inHand: bridge.inHand,
  projections: [...behind].map(([projection, records]) => ({
    ...(counters.get(projection) ?? nothing),
    ...{ projection, behind: records },
  })),
});

const nothing: Counters = { read: 0, applied: 0, duplicates: 0, notForIt: 0, parked: 0 };

/** Rates are between the two samples. */
export const metricsLines = (now: Sample, before: Sample, startMs: number): readonly string[] => {
  const seconds = Math.max((now.timeMs - before.timeMs) / 1000, 0.001);
  const row = (label: string, [count, earlier]: readonly [number, number], ...more: string[]): string => {
    const rate = `${grouped(Math.round((count - earlier) / seconds)).padStart(8)}/s`;
    return [`  ${label.padEnd(labelWidth(now))}${grouped(count).padStart(13)} ${rate}`, ...more].join('   ');
  };
  return [
    `  running for ${duration(now.timeMs - startMs)}, ${now.connected} nodes connected, memory ${megabytes(now.memoryBytes)}`,
    row('published', [now.published, before.published]),
    row('acknowledged', [now.acknowledged, before.acknowledged]),
    row('in the log', [now.appended, before.appended], `quarantined ${grouped(now.quarantined)}`),
    ...now.projections.map(({ projection, applied, duplicates, parked, behind }) =>
      row(
        `in ${projection}`,
        [applied, before.projections.find((one) => one.projection === projection)?.applied ?? 0],
        ...[`behind ${grouped(behind)}`, `duplicates ${grouped(duplicates)}`, `parked ${grouped(parked)}`],
      ),
    ),
    `  ${receivedLine(now, grouped)} + in hand ${grouped(now.inHand)}`,
  ];
};

const labelWidth = ({ projections }: Sample): number =>
  Math.max(14, ...projections.map(({ projection }) => projection.length + 4));

/** One line, for logs and pipes. */
export const metricsLine = (now: Sample, before: Sample): string => {
  const seconds = Math.max((now.timeMs - before.timeMs) / 1000, 0.001);
  const perSecond = Math.round((now.acknowledged - before.acknowledged) / seconds);
  const tables = now.projections.map(
    ({ projection, applied, duplicates, parked, behind }) =>
      `; ${projection}: ${applied} applied, ${duplicates} duplicates, ${parked} parked, ${behind} behind`,
  );
  return (
    `${now.published} published, ${now.acknowledged} acknowledged (${perSecond}/s), ${now.appended} in the log, ` +
    `${now.quarantined} quarantined, ${now.dropped === 0 ? '' : `${now.dropped} dropped, `}` +
    `${megabytes(now.memoryBytes)}${tables.join('')}`
  );
};

/** Of what a bridge has received and kept nowhere, for whatever reason. */
export const droppedOf = ({ dropped }: Pick<IngestBalance, 'dropped'>): number =>
  Object.values(dropped).reduce((sum, count) => sum + count, 0);

type Received = { readonly received: number; readonly appended: number; readonly quarantined: number };

/** The sum that has to balance. Most demonstrations drop nothing, and then there is no word of it. */
export const receivedLine = (
  { received, appended, quarantined, dropped }: Received & { readonly dropped: number },
  shown: (count: number) => string = String,
): string =>
  `received ${shown(received)} = appended ${shown(appended)} + quarantined ${shown(quarantined)}` +
  (dropped === 0 ? '' : ` + dropped ${shown(dropped)}`);

/** The sum that has to balance for each projection, of what it read in a run. */
export const projectionLine = (
  { projection, read, applied, duplicates, notForIt, parked }: ProjectionCounters,
  shown: (count: number) => string = String,
): string =>
  `${projection}: read ${shown(read)} = applied ${shown(applied)} + duplicates ${shown(duplicates)}` +
  `${notForIt === 0 ? '' : ` + not for it ${shown(notForIt)}`} + parked ${shown(parked)}`;

const grouped = (value: number): string => value.toLocaleString('en-US');
const megabytes = (bytes: number): string => `${Math.round(bytes / 1_000_000)} MB`;

const duration = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
};
