/** A domain as a module: everything the rest of Plenum has to know of it, in one value. */
import type {
  Command,
  CommandMetadata,
  EventDefinition,
  NotDone,
  Reaction,
  Receipt,
  ReservingStreams,
  Topic,
} from '@plenum/event';
import type { Lists, PageLimits, Route, UntilShown } from '@plenum/http';
import type { InlineProjection, Projection, ShownVersion, ShowPersonal, Sql } from '@plenum/read-model';
import type { ExportKind } from './exports.ts';
import type { StreamKind } from './streams.ts';
import type { Translate } from './translate.ts';

/** What the routes of every domain may use. */
export type Services<Reads extends object = object> = {
  /** The domain's own reads, as its `reads` makes them. */
  readonly reads: Reads;
  readonly clock: { nowUs(): number };
  /** A UUIDv7, for what is made anew. */
  readonly newId: () => string;
  readonly limits: PageLimits;
  readonly lists: Lists;
  /** A device that was not heard of for so many seconds is stale. */
  readonly staleAfterS: number;
  /**
   * Decides a command and records it. @throws TransientFailure: asking again with the same id is safe; Problem where
   * nothing is decided, because authentication is off.
   */
  readonly handle: (command: Command, metadata: CommandMetadata) => Promise<Receipt | NotDone>;
  /** How far what is read is with a stream. */
  readonly shownVersion: ShownVersion;
  /** For `receipt`. */
  readonly untilShown: UntilShown;
};

/**
 * `Taken` is what its routes take: `Services` of its reads, and ports of its own where it needs more. It declares those,
 * and the process that runs the routes gives them.
 */
export type Domain<Reads extends object = object, Taken = Services<Reads>> = {
  /** As it stands in event types, topics and tags. */
  readonly name: string;
  /** What it is about, for people. */
  readonly about: string;
  /** Every event it can record. */
  readonly events: readonly EventDefinition<never>[];
  /** Every topic they are kept in. */
  readonly topics: readonly Topic[];
  /** Everything that is derived from them. */
  readonly projections: readonly Projection[];
  /** Tables that are written in the transaction of each decision. */
  readonly inline?: readonly InlineProjection[];
  /** Streams that hold names alone. */
  readonly reserving?: readonly ReservingStreams[];
  /** What its events make it ask for. */
  readonly reactions?: readonly Reaction[];
  /** What can be had of it as a file. */
  readonly exports?: readonly ExportKind[];
  /** What of it can be followed live. */
  readonly streams?: readonly StreamKind[];
  /** What its routes ask for, each with what it opens. */
  readonly permissions: Readonly<Record<string, string>>;
  /** What may be asked of its read models, in groups with names that no other domain has; `show` makes text of what names a person. */
  reads(sql: Sql, show: ShowPersonal): Reads;
  /** Loaded when they are asked for: only one process serves them, and what describes their bodies is a third of all code there is. */
  routes(services: Taken): Promise<readonly Route[]>;
  /** Of a domain whose events are reported by messages. */
  readonly translate?: Translate;
};

/** Checks a module against its own types. Any list of domains takes what comes back. */
export const defineDomain = <Reads extends object, Taken extends Services<Reads>>(
  domain: Domain<Reads, Taken>,
): Domain<Reads, Taken> => domain;

/** What the routes of all of these domains may use, in one. */
export type ServicesOf<Domains extends readonly Domain<object, never>[]> =
  TakerOf<Domains[number]> extends (services: infer All) => void ? All : never;

type TakerOf<D> = D extends { routes(services: infer Taken): unknown } ? (services: Taken) => void : never;
