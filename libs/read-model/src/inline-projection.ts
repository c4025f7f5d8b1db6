/**
 * Tables that are written in the transaction of the decision itself, so that they hold at once and go on holding while the
 * log is away. They say nothing that the streams do not say, and can be made again from them.
 */
import type { DecidedEvent, Event } from '@plenum/event';
import type { Sql } from './sql.ts';

export type Statement = { readonly text: string; readonly parameters: readonly unknown[] };

export type InlineProjection = {
  /** The schema of its tables, which is its own. */
  readonly schema: string;
  /** Statements that make the tables, in steps that are only added to. The schema itself is made before the first. */
  readonly steps: readonly string[];
  /** Those of the schema's tables that are made again from the streams. */
  readonly tables: readonly string[];
  /**
   * What one event changes; none when nothing does. Pure. A stream's events come in order, the streams in any, and some of
   * them twice: the tables are the same for each.
   */
  readonly statements: (event: DecidedEvent) => readonly Statement[];
  /** The same for all that one decision comes to, in order, where that takes fewer statements than one event after another. */
  readonly together?: (events: readonly DecidedEvent[]) => readonly Statement[];
  /**
   * What others are to hear of it when it is committed. A hint: it is lost with a process that ends between the commit and this, so who
   * listens looks now and then as well. What a statement notifies is not lost, and makes all decisions of the server that do so wait
   * for each other's disk.
   */
  readonly notices?: (events: readonly DecidedEvent[]) => readonly Notice[];
};

/** For those who listen to a channel of \`NOTIFY\`. */
export type Notice = { readonly channel: string; readonly payload: string };

/** What the events of one decision change in all of these, in the order in which it is to be done. */
export const inlineStatements = (
  projections: readonly InlineProjection[],
  events: readonly DecidedEvent[],
): readonly Statement[] =>
  projections.flatMap(({ statements, together }) => together?.(events) ?? events.flatMap((event) => statements(event)));

/** How many events changed a table of the projection; what was met twice counts twice. */
export type RebuiltInline = { readonly schema: string; readonly events: number };

/**
 * Makes the tables of all these projections again from all decisions: each stream's in order, the streams in any. Call it in
 * one transaction; whatever decides or reads them meanwhile waits for its end.
 */
export const rebuildInline = async (
  sql: Sql,
  projections: readonly InlineProjection[],
  events: Iterable<Event> | AsyncIterable<Event>,
): Promise<readonly RebuiltInline[]> => {
  for (const { schema, tables } of projections) {
    await sql(`truncate ${tables.map((table) => `${schema}.${table}`).join(', ')}`);
  }
  const rebuilt = projections.map(({ schema, statements }) => ({ schema, statements, events: 0 }));
  for await (const event of events) {
    if (!isDecided(event)) continue;
    for (const one of rebuilt) {
      const changes = one.statements(event);
      // One after another: they share a connection.
      for (const { text, parameters } of changes) await sql(text, parameters);
      if (changes.length > 0) one.events += 1;
    }
  }
  return rebuilt.map(({ schema, events: changed }) => ({ schema, events: changed }));
};

const isDecided = (event: Event): event is DecidedEvent => event.decision !== undefined;
