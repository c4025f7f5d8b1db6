/** What a measurement is, and what comes out of it. */
import type { LogKind } from './machine/place.ts';
import type { Usage } from './machine/usage.ts';
import type { Spread } from './statistics.ts';
import type { World } from './world.ts';

/** One side of a pair, run once. */
export type Measured = {
  readonly perSecond: number;
  readonly usage: Usage;
  /** How near the side's own component was to all it can do, 0 to 1, and in words. */
  readonly saturation: number;
};

export type RunSettings = {
  readonly log: LogKind;
  readonly seconds: number;
  readonly pairs: number;
  /** Of `commands`. */
  readonly nodes: number;
};

/** What a path is held against, and what its ratio to that must reach. */
export type Side = {
  /** In a word or two, for tables. */
  readonly name: string;
  readonly about: string;
  readonly atLeast: number;
  readonly aim: number;
  /** Where a Kafka of somebody else's is on the way of one of the two alone. */
  readonly onKafka?: { readonly atLeast: number; readonly aim: number };
  readonly run: (world: World, settings: RunSettings) => Promise<Measured>;
};

/** A path of Plenum beside the bare components it stands on. */
export type RatioBench = {
  readonly kind: 'ratio';
  readonly name: string;
  /** What it and others can be asked for by, where their names do not begin alike. */
  readonly group?: string;
  readonly about: string;
  readonly unit: string;
  /** Fewer pairs would say nothing about a ratio so near to one. */
  readonly pairsAtLeast?: number;
  /** `kafka` only where the log is part of the path. */
  readonly logs: readonly LogKind[];
  /** Left out unless it is asked for by name, because it takes long. */
  readonly onRequest?: true;
  readonly subject: (world: World, settings: RunSettings) => Promise<Measured>;
  readonly against: readonly Side[];
};

/** What a result of Plenum alone must not exceed. */
export type Limit = {
  readonly name: string;
  readonly atMost: number;
  readonly aim: number;
  /** Where it is not that of the bench. */
  readonly unit?: string;
};

/** Results of Plenum alone that must not be exceeded: usually one, under the name of the bench. */
export type LimitBench = {
  readonly kind: 'limit';
  readonly name: string;
  readonly group?: string;
  readonly about: string;
  readonly unit: string;
  readonly logs: readonly LogKind[];
  readonly onRequest?: true;
  readonly limits: (log: LogKind) => readonly Limit[];
  /** One for each of the limits, in their order. */
  readonly measure: (world: World, settings: RunSettings) => Promise<readonly Limited[]>;
};

export type Limited = {
  readonly values: readonly number[];
  readonly usage: readonly Usage[];
  readonly notes: readonly string[];
  /** Why the values are no result: what was to be measured did not happen. */
  readonly noResult?: string | undefined;
};

/** A table of its own on the page of results. Nothing in it has to reach anything. */
export type TableBench = {
  readonly kind: 'table';
  readonly name: string;
  readonly group?: string;
  readonly about: string;
  readonly logs: readonly LogKind[];
  readonly onRequest?: true;
  readonly measure: (world: World, settings: RunSettings) => Promise<Table>;
};

export type Table = {
  /** Each one of `--json`. */
  readonly lines: readonly object[];
  /** Markdown, for between the marks of this bench. */
  readonly text: string;
  /** What was left out, and why. */
  readonly missing: readonly string[];
};

export type Bench = RatioBench | LimitBench | TableBench;

/** One line of `--json`. */
export type Result = {
  readonly bench: string;
  readonly log: LogKind;
  /** The name of the side that it was held against; none where it is held against nothing. */
  readonly against?: string;
  /** Of the subject, in `unit`. */
  readonly value: number;
  /** Of that side. */
  readonly bareValue?: number;
  /** What `ratio` must reach; of a result without a ratio, what `value` must not exceed. */
  readonly limit: number;
  readonly aim: number;
  /** The median over the pairs; `null` where there is nothing to compare with. */
  readonly ratio: number | null;
  readonly spread: Spread;
  readonly unit: string;
  /** Whether that side's component did all it can, or what was to be offered was; without that it is no result. */
  readonly saturated: boolean;
  readonly met: boolean;
  readonly pairs: number;
  /** The median load average of the machine and the most of it that went to processes that are none of ours. */
  readonly loadAverage: number;
  readonly foreignShare: number;
};

/** From here on a component counts as saturated. */
export const saturatedFrom = 0.9;
