/** The live figures of a demo, from counters that are kept anyway. */
import type { IngestSums, Sums } from '@plenum/runtime';
import type { SimulationCounts } from '../simulate/run-simulation.ts';
import { reportSets } from '../stack/device-topics.ts';

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
  readonly applied: number;
  readonly duplicates: number;
  readonly parked: number;
  /** Records in the log that are not in the tables yet. */
  readonly behind: number;
  readonly memoryBytes: number;
  readonly connected: number;
};

export type SampleSources = {
  readonly timeMs: number;
  readonly simulation: SimulationCounts;
  readonly bridge: IngestSums;
  /** What was committed since the start, by set; those made of reports are in the figures. */
  readonly sums: ReadonlyMap<string, Sums>;
  readonly behind: number;
  readonly memoryBytes: number;
};

export const sampleOf = ({ simulation, bridge, sums, ...rest }: SampleSources): Sample => {
  const of = [...sums].filter(([set]) => reportSets.has(set)).map(([, one]) => one);
  const count = (key: keyof Sums): number => of.reduce((sum, one) => sum + one[key], 0);
  return {
    ...rest,
    published: simulation.published,
    acknowledged: simulation.acknowledged,
    connected: simulation.connected,
    received: bridge.received,
    appended: bridge.appended,
    quarantined: bridge.quarantined + bridge.discarded,
    dropped: droppedOf(bridge),
    inHand: bridge.inHand,
    applied: count('applied'),
    duplicates: count('duplicates'),
    parked: count('parked'),
  };
};

/** Rates are between the two samples. */
export const figureLines = (now: Sample, before: Sample, startMs: number): readonly string[] => {
  const seconds = Math.max((now.timeMs - before.timeMs) / 1000, 0.001);
  const rate = (count: 'published' | 'acknowledged' | 'appended' | 'applied'): string =>
    `${grouped(Math.round((now[count] - before[count]) / seconds)).padStart(8)}/s`;
  const row = (label: string, count: number, ...more: string[]): string =>
    `  ${label.padEnd(14)}${grouped(count).padStart(13)} ${more.join('   ')}`;
  return [
    `  running for ${duration(now.timeMs - startMs)}, ${now.connected} nodes connected, memory ${megabytes(now.memoryBytes)}`,
    row('published', now.published, rate('published')),
    row('acknowledged', now.acknowledged, rate('acknowledged')),
    row('in the log', now.appended, rate('appended'), `quarantined ${grouped(now.quarantined)}`),
    row(
      'in the tables',
      now.applied,
      rate('applied'),
      `behind ${grouped(now.behind)}`,
      `duplicates ${grouped(now.duplicates)}`,
    ),
    row('parked', now.parked),
    `  ${receivedLine(now, grouped)} + in hand ${grouped(now.inHand)}`,
  ];
};

/** One line, for logs and pipes. */
export const figureLine = (now: Sample, before: Sample): string => {
  const seconds = Math.max((now.timeMs - before.timeMs) / 1000, 0.001);
  const perSecond = Math.round((now.acknowledged - before.acknowledged) / seconds);
  return (
    `${now.published} published, ${now.acknowledged} acknowledged (${perSecond}/s), ${now.appended} in the log, ` +
    `${now.quarantined} quarantined, ${now.dropped === 0 ? '' : `${now.dropped} dropped, `}${now.applied} in the tables, ${now.behind} behind, ` +
    `${now.duplicates} duplicates, ${now.parked} parked, ${megabytes(now.memoryBytes)}`
  );
};

/** Of what a bridge has received and kept nowhere, for whatever reason. */
export const droppedOf = ({ dropped }: Pick<IngestSums, 'dropped'>): number =>
  Object.values(dropped).reduce((sum, count) => sum + count, 0);

type Received = { readonly received: number; readonly appended: number; readonly quarantined: number };

/** The sum that has to balance. Most demonstrations drop nothing, and then there is no word of it. */
export const receivedLine = (
  { received, appended, quarantined, dropped }: Received & { readonly dropped: number },
  shown: (count: number) => string = String,
): string =>
  `received ${shown(received)} = appended ${shown(appended)} + quarantined ${shown(quarantined)}` +
  (dropped === 0 ? '' : ` + dropped ${shown(dropped)}`);

const grouped = (value: number): string => value.toLocaleString('en-US');
const megabytes = (bytes: number): string => `${Math.round(bytes / 1_000_000)} MB`;

const duration = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
};
