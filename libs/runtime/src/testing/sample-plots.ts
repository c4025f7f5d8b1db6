/**
 * A small domain whose read model says all that one can: plots of land on estates. An event changes several rows and
 * tables, rows end and begin again, a row has geometry, and no two plots of an estate have one label. The decisions are
 * given as they are: nobody has kept rules, so a table refuses some of them.
 */

import {
  type AvroSchema,
  defineEvent,
  defineTopic,
  type Event,
  type EventDefinition,
  isEvent,
  streamOf,
} from '@plenum/event';
import { encodeGeometry } from '@plenum/geometry';
import {
  buildOf,
  defineFold,
  defineProjection,
  defineTable,
  lowerCase,
  provenance,
  type Recorded,
  type RowOf,
} from '@plenum/read-model';
import { jsonCodec } from './json-codec.ts';

export const plotsTopic = defineTopic({
  name: 'test.plots',
  about: 'What was decided about plots of land.',
  keyedBy: 'estate',
  holds: 'decisions',
  partitions: 2,
});

type OfEstate = { readonly estate: string };
type OfPlot = OfEstate & { readonly plot: string };

const declare = <Data extends OfEstate>(name: string): EventDefinition<Data> => {
  const schema: AvroSchema = { type: 'record', namespace: 'test', name };
  return defineEvent<Data>()({ topic: plotsTopic.name, key: ({ estate }) => estate, schemas: [schema] });
};

export const EstateNamed = declare<OfEstate & { readonly name: string }>('EstateNamed');
/** All its plots stay; it is counted no more. */
export const EstateClosed = declare<OfEstate>('EstateClosed');
export const PlotMeasured = declare<OfPlot & { readonly label: string; readonly outline: Uint8Array }>('PlotMeasured');
/** The other one is a part of this one from then on. */
export const PlotJoined = declare<OfPlot & { readonly other: string }>('PlotJoined');
export const LabelsExchanged = declare<
  OfPlot & { readonly other: string; readonly label: string; readonly otherLabel: string }
>('LabelsExchanged');
export const PlotLeft = declare<OfPlot>('PlotLeft');
/** Changes nothing here. */
export const PlotVisited = declare<OfPlot>('PlotVisited');

export const plotEvents = [EstateNamed, EstateClosed, PlotMeasured, PlotJoined, LabelsExchanged, PlotLeft, PlotVisited];
export const plotsCodec = jsonCodec(plotEvents);

/** A square around a place, in degrees. */
export const squareAt = (longitude: number, latitude: number, half = 0.001): Uint8Array => {
  const [west, east, south, north] = [longitude - half, longitude + half, latitude - half, latitude + half];
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ] as const;
  return encodeGeometry({ type: 'Polygon', coordinates: [ring] });
};

const about = 'For tests.';
const text = { type: 'text', about } as const;
const integer = { type: 'integer', about } as const;

const plots = defineTable({
  schema: 'land',
  name: 'plots',
  about,
  columns: {
    ...provenance,
    estate: text,
    plot: text,
    label: text,
    parts: integer,
    outline: { type: 'geometry', geometry: 'Polygon', about },
    stream_version: integer,
  },
  key: ['estate', 'plot'],
  indexes: [{ on: ['estate', lowerCase('label')], unique: true }],
});
type PlotRow = RowOf<typeof plots>;

const estates = defineTable({
  schema: 'land',
  name: 'estates',
  about,
  columns: { ...provenance, estate: text, name: { ...text, nullable: true }, changes: integer },
  key: ['estate'],
});

const labels = defineTable({
  name: 'plot_labels',
  about,
  columns: { ...provenance, estate: text, label: text, given: integer },
  key: ['estate', 'label'],
});

const placeOf = ({ event, partition, offset }: Recorded) => ({
  event_id: event.id,
  log_partition: partition,
  log_offset: offset,
});
/** Every event here names its estate. */
const estateOf = ({ event }: Recorded): string => (event.data as OfEstate).estate;

/** The plots that an event is about, this one first. */
const plotsIn = (event: Event): readonly string[] => {
  if (isEvent(PlotMeasured, event) || isEvent(PlotLeft, event)) return [event.data.plot];
  return isEvent(PlotJoined, event) || isEvent(LabelsExchanged, event) ? [event.data.plot, event.data.other] : [];
};

const plotAfter = (row: PlotRow | undefined, recorded: Recorded, plot: string): PlotRow | undefined => {
  const { event } = recorded;
  const place = { ...placeOf(recorded), stream_version: event.decision?.version ?? 0 };
  if (isEvent(PlotMeasured, event)) {
    const { estate, label, outline } = event.data;
    return { ...place, estate, plot, label, parts: row?.parts ?? 1, outline };
  }
  if (row === undefined || isEvent(PlotLeft, event)) return undefined;
  if (isEvent(PlotJoined, event)) {
    return plot === event.data.plot ? { ...row, ...place, parts: row.parts + 1 } : undefined;
  }
  if (!isEvent(LabelsExchanged, event)) return row;
  return { ...row, ...place, label: plot === event.data.plot ? event.data.otherLabel : event.data.label };
};

const labelsIn = (event: Event): readonly string[] => {
  if (isEvent(PlotMeasured, event)) return [event.data.label];
  if (!isEvent(LabelsExchanged, event)) return [];
  return [...new Set([event.data.label, event.data.otherLabel])];
};

/** Plots, how often their estates changed, and how often labels were given. */
export const plotsProjection = buildOf(
  defineProjection<Recorded>({
    name: 'plots',
    version: 1,
    about,
    topics: [plotsTopic.name],
    streams: ['plot', 'estate'],
    entry: (recorded) => (isEvent(PlotVisited, recorded.event) ? undefined : recorded),
    folds: [
      defineFold<Recorded, PlotRow>({
        table: plots,
        keyOf: (recorded) =>
          [...new Set(plotsIn(recorded.event))].map((plot) => ({ estate: estateOf(recorded), plot })),
        fold: (row, recorded, { plot = '' }) => plotAfter(row, recorded, plot),
      }),
      defineFold<Recorded, RowOf<typeof estates>>({
        table: estates,
        keyOf: (recorded) => ({ estate: estateOf(recorded) }),
        fold: (row, recorded) => {
          if (isEvent(EstateClosed, recorded.event)) return undefined;
          const name = isEvent(EstateNamed, recorded.event) ? recorded.event.data.name : row?.name;
          return { ...placeOf(recorded), estate: estateOf(recorded), name, changes: (row?.changes ?? 0) + 1 };
        },
      }),
      defineFold<Recorded, RowOf<typeof labels>>({
        table: labels,
        keyOf: (recorded) => labelsIn(recorded.event).map((label) => ({ estate: estateOf(recorded), label })),
        fold: (row, recorded, { label = '' }) => {
          return { ...placeOf(recorded), estate: estateOf(recorded), label, given: (row?.given ?? 0) + 1 };
        },
      }),
    ],
  }),
);

export const plotStream = (estate: string, plot: string): string => streamOf('plot', `${estate}-${plot}`);
export const estateStream = (estate: string): string => streamOf('estate', estate);
