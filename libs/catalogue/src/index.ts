/** Every domain there is, in one list, and what all of them record, derive and ask for. A new domain is one line here. */
import { access } from '@plenum/access';
import { ceiling } from '@plenum/ceiling';
import { device } from '@plenum/device';
import { document } from '@plenum/document';
import { type Domain, type ExportKind, type StreamKind, translatorOf } from '@plenum/domain';
import type { EventDefinition, Reaction, ReservingStreams, Topic } from '@plenum/event';
import { layout } from '@plenum/layout';
import { quarantine } from '@plenum/quarantine';
import type { InlineProjection, Projection } from '@plenum/read-model';
import { platformExports, platformPermissions } from './platform.ts';

export const domains = [
  // One line each, by name.
  access,
  ceiling,
  device,
  document,
  layout,
  quarantine,
] as const satisfies readonly Domain<object, never>[];

/** Without the types that each of them has besides. */
const all: readonly Domain<object, never>[] = domains;

/** Every event this system can record. */
export const events: readonly EventDefinition<never>[] = all.flatMap(({ events: own }) => own);

/** Every topic they are kept in. */
export const topics: readonly Topic[] = all.flatMap(({ topics: own }) => own);

/** Everything that is derived from them. */
export const projections: readonly Projection[] = all.flatMap(({ projections: own }) => own);

/** Tables that are written in the transaction of each decision. */
export const inlineProjections: readonly InlineProjection[] = all.flatMap(({ inline }) => inline ?? []);

/** Streams that hold names alone. */
export const reserving: readonly ReservingStreams[] = all.flatMap((domain) => domain.reserving ?? []);

/** Everything that events make us ask for. */
export const reactions: readonly Reaction[] = all.flatMap((domain) => domain.reactions ?? []);

/** Everything that can be had as a file. */
export const exports: readonly ExportKind[] = [...platformExports, ...all.flatMap((domain) => domain.exports ?? [])];

/** Everything that can be followed live. */
export const streams: readonly StreamKind[] = all.flatMap((domain) => domain.streams ?? []);

/** Every permission that may be given, with what it opens. */
export const permissions: Readonly<Record<string, string>> = Object.assign(
  { ...platformPermissions },
  ...domains.map((domain) => domain.permissions),
);

/** What messages from the world become. */
export const translator = translatorOf(domains);
