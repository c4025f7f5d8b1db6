import { defineRoute, problems, query, type Route } from '@plenum/http';
import { Type } from 'typebox';
import type { CheckpointReads } from '../../consumers/checkpoints.ts';

/** What one run of the MQTT bridge counted. In between, `received` is ahead by what is under way. */
export type BridgeCounters = {
  readonly received: number;
  readonly appended: number;
  readonly quarantined: number;
  /** What nobody was promised: QoS 0 without capacity, connections that ended first. */
  readonly dropped: number;
};

export type BalanceRoutesParts = {
  readonly reads: { readonly checkpoints: Pick<CheckpointReads, 'active'> };
  /** Of the bridge in this very process, if there is one. */
  readonly bridgeCounters: (() => BridgeCounters) | undefined;
};

const projectionCounters = Type.Object(
  {
    projection: Type.String(),
    version: Type.Integer(),
    generation: Type.Integer({ description: 'Of this version, which making of the tables queries see.' }),
    read: Type.Integer({ description: 'Records read from the log, each once.' }),
    applied: Type.Integer(),
    duplicates: Type.Integer({ description: 'Copies of events that were in already.' }),
    not_for_it: Type.Integer({ description: 'Records that mean nothing to this projection.' }),
    parked: Type.Integer(),
    balanced: Type.Boolean({ description: 'read = applied + duplicates + not_for_it + parked' }),
  },
  { title: 'ProjectionBalance' },
);

const bridgeCountersSchema = Type.Object(
  {
    received: Type.Integer({ description: 'Messages counted at the socket.' }),
    appended: Type.Integer(),
    quarantined: Type.Integer({ description: 'Those of which only a count was kept included.' }),
    dropped: Type.Integer({
      description: 'What nobody was promised: QoS 0 without capacity, connections that ended first.',
    }),
    unsettled: Type.Integer({ description: 'received - appended - quarantined - dropped: under way right now.' }),
  },
  { title: 'BridgeBalance' },
);

const sumsSchema = Type.Object(
  {
    projections: Type.Array(projectionCounters),
    balanced: Type.Boolean({ description: 'Every projection is.' }),
    bridge: Type.Optional(bridgeCountersSchema),
  },
  { title: 'Balance' },
);

export const balanceRoutes = ({ reads: { checkpoints }, bridgeCounters }: BalanceRoutesParts): readonly Route[] => [
  defineRoute({
    operationId: 'getBalance',
    method: 'GET',
    path: '/balance',
    access: { permission: 'read:projection' },
    projections: 'all',
    tags: ['projection'],
    summary: 'What went in and what became of it',
    description: '`bridge` is there when the bridge runs in the same process; it counts since that started.',
    querystring: query({}),
    answers: { 200: sumsSchema, ...problems() },
    handle: async () => {
      const projections = sumsByProjection(await checkpoints.active());
      const answer = { projections, balanced: projections.every(({ balanced }) => balanced) };
      return bridgeCounters === undefined ? answer : { ...answer, bridge: withUnsettled(bridgeCounters()) };
    },
  }),
];

type Checkpoints = Awaited<ReturnType<CheckpointReads['active']>>;

const sumsByProjection = (checkpoints: Checkpoints) =>
  [...Map.groupBy(checkpoints, ({ projection }) => projection)].map(([projection, rows]) => {
    const sum = (column: 'read' | 'applied' | 'duplicates' | 'not_for_it' | 'parked'): number =>
      rows.reduce((total, row) => total + row[column], 0);
    const counts = {
      read: sum('read'),
      applied: sum('applied'),
      duplicates: sum('duplicates'),
      not_for_it: sum('not_for_it'),
      parked: sum('parked'),
    };
    const { read, applied, duplicates, not_for_it, parked } = counts;
    const balanced = read === applied + duplicates + not_for_it + parked;
    return { projection, version: rows[0]?.version ?? 0, generation: rows[0]?.generation ?? 0, ...counts, balanced };
  });

const withUnsettled = (counters: BridgeCounters) => ({
  ...counters,
  unsettled: counters.received - counters.appended - counters.quarantined - counters.dropped,
});
