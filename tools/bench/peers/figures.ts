/** What is measured of every pipeline, and how the page names it. */

export type FigureName =
  | 'flood'
  | 'cpu-flood'
  | 'cpu-12500'
  | 'cpu-5000'
  | 'cpu-200'
  | 'broker-cpu-flood'
  | 'p99-200'
  | 'p99-5000'
  | 'memory'
  | 'disk'
  | 'recovery'
  | 'acknowledged'
  | 'lost'
  | 'twice';

/** Of one run; what is missing was not measured, or the pipeline did not keep up. */
export type Figures = Partial<Record<FigureName, number>>;

export type Figure = {
  readonly name: FigureName;
  readonly about: string;
  readonly unit: string;
  /** Which is best; `none` where it says nothing about a pipeline. */
  readonly best: 'greatest' | 'least' | 'none';
  /** Over the rounds. */
  readonly over: 'median' | 'sum';
};

const cpu = (name: FigureName, at: string): Figure => ({
  name,
  about: `CPU for 100,000 messages at ${at}`,
  ...{ unit: 's', best: 'least', over: 'median' },
});
const least = { best: 'least', over: 'median' } as const;

export const figures: readonly Figure[] = [
  { name: 'flood', about: 'flood, visible in all its tables', unit: 'rows/s', best: 'greatest', over: 'median' },
  cpu('cpu-flood', 'a flood'),
  cpu('cpu-12500', '12,500/s'),
  cpu('cpu-5000', '5,000/s'),
  cpu('cpu-200', '200/s'),
  { ...cpu('broker-cpu-flood', ''), about: 'the same of Mosquitto, at a flood' },
  { name: 'p99-200', about: 'published to visible, 99 of 100, at 200/s', unit: 'ms', ...least },
  { name: 'p99-5000', about: 'published to visible, 99 of 100, at 5,000/s', unit: 'ms', ...least },
  { name: 'memory', about: 'memory, the most', unit: 'MB', ...least },
  { name: 'disk', about: 'on disk for a reading', unit: 'bytes', ...least },
  { name: 'recovery', about: 'first new row after `kill -9` and 1 s of rest, from the start', unit: 's', ...least },
  { name: 'acknowledged', about: 'acknowledged around a `kill -9`', unit: 'messages', best: 'none', over: 'sum' },
  { name: 'lost', about: 'of them lost', unit: 'messages', best: 'least', over: 'sum' },
  { name: 'twice', about: 'of them stored twice', unit: 'messages', best: 'least', over: 'sum' },
];
