import { defineRoute, problems, query, type Route, utcTime } from '@plenum/http';
import type { Clock } from '@plenum/runtime';
import { Type } from 'typebox';
import type { BuildingCheckpoint, CheckpointReads } from '../../consumers/checkpoints.ts';
import type { Freshness, Look } from '../../conventions/freshness.ts';
import { ageMs } from '../../conventions/freshness-headers.ts';
import { type OutboxLook, outboxLagOf, outboxLagSchema } from './outbox-lag.ts';

export type LagRoutesParts = {
  readonly reads: { readonly checkpoints: Pick<CheckpointReads, 'building'> };
  readonly freshness: Freshness;
  readonly relay: Pick<OutboxLook, 'lag'> | undefined;
  readonly clock: Clock;
};

const lagFields = {
  records: Type.Integer({ description: 'Records in the log that are not in the rows.' }),
  seconds: Type.Number({ description: 'The age of the oldest of them; 0 when there is none.' }),
};

const partitionLag = Type.Object(
  {
    topic: Type.String(),
    partition: Type.Integer(),
    next: Type.Integer({ description: 'The next offset to read.' }),
    end: Type.Integer({ description: 'The next offset to be written.' }),
    ...lagFields,
    updated_at: utcTime('When rows were last written for this partition.'),
  },
  { title: 'PartitionLag' },
);

const buildingSchema = Type.Object(
  {
    version: Type.Integer(),
    generation: Type.Integer(),
    records: Type.Integer({ description: 'Records in the log that are in its rows.' }),
    of: Type.Integer({ description: 'Records in the log.' }),
  },
  {
    title: 'BuildingLag',
    description: 'Tables that are being built to take the place of those that queries see.',
  },
);

const lagSchema = Type.Object(
  {
    outbox: Type.Optional(outboxLagSchema),
    ends_age_seconds: Type.Number({ description: 'How long ago the log said where it ends.' }),
    projections: Type.Array(
      Type.Object(
        {
          projection: Type.String(),
          version: Type.Integer(),
          generation: Type.Integer({ description: 'Of this version, which making of the tables queries see.' }),
          ...lagFields,
          age_seconds: Type.Number({
            description: 'How old an answer from this projection may be; as in `Plenum-Age`.',
          }),
          partitions: Type.Array(partitionLag),
          building: Type.Optional(buildingSchema),
        },
        { title: 'ProjectionLag' },
      ),
    ),
  },
  { title: 'Lag' },
);

export const lagRoutes = ({ reads: { checkpoints }, freshness, relay, clock }: LagRoutesParts): readonly Route[] => [
  defineRoute({
    operationId: 'getLag',
    method: 'GET',
    path: '/lag',
    access: { permission: 'read:projection' },
    projections: 'all',
    tags: ['projection'],
    summary: 'How far each projection is behind the log, and the log behind what was decided',
    querystring: query({}),
    answers: { 200: lagSchema, ...problems() },
    handle: async () => {
      const look = await freshness.look();
      const lag = withBuilding(lagOf(look, freshness.nowMs()), buildingOf(look, await checkpoints.building()));
      return relay === undefined ? lag : { outbox: outboxLagOf(await relay.lag(), clock), ...lag };
    },
  }),
];

/** Of every projection, and of every partition of it. */
export const lagOf = (look: Look, nowMs: number) => ({
  ends_age_seconds: secondsOf(nowMs - look.endsSeenMs),
  projections: [...Map.groupBy(look.partitions, ({ projection }) => projection)].map(([projection, rows]) => {
    const partitions = rows.map((row) => ({
      topic: row.topic,
      partition: row.partition,
      next: Number(row.next),
      end: Number(row.end),
      records: Math.max(0, Number(row.end - BigInt(row.next))),
      seconds: row.oldestUnreadMs === undefined ? 0 : secondsOf(nowMs - row.oldestUnreadMs),
      updated_at: row.updated_at,
    }));
    return {
      projection,
      version: rows[0]?.version ?? 0,
      generation: rows[0]?.generation ?? 0,
      records: partitions.reduce((sum, { records }) => sum + records, 0),
      seconds: Math.max(0, ...partitions.map(({ seconds }) => seconds)),
      age_seconds: ageMs(look, [projection], nowMs) / 1_000,
      partitions,
    };
  }),
});

type Lag = ReturnType<typeof lagOf>;
type Building = ReturnType<typeof buildingOf>;

const withBuilding = (lag: Lag, building: Building) => ({
  ...lag,
  projections: lag.projections.map((one) => {
    const under = building.get(one.projection);
    return under === undefined ? one : { ...one, building: under };
  }),
});

/** How far each build that is under way is, by projection. Where the log ends is known of topics the active one reads. */
const buildingOf = ({ partitions }: Look, checkpoints: readonly BuildingCheckpoint[]) => {
  const ends = new Map(partitions.map((one) => [`${one.topic}/${one.partition}`, one]));
  return new Map(
    [...Map.groupBy(checkpoints, ({ projection }) => projection)].map(([projection, rows]) => {
      let [records, of] = [0n, 0n];
      for (const { topic, partition, next } of rows) {
        const { first, end } = ends.get(`${topic}/${partition}`) ?? { first: 0n, end: BigInt(next) };
        const position = BigInt(next) < first ? first : BigInt(next);
        records += position - first;
        of += end > position ? end - first : position - first;
      }
      const { version = 0, generation = 0 } = rows[0] ?? {};
      return [projection, { version, generation, records: Number(records), of: Number(of) }] as const;
    }),
  );
};

/** A clock that is ahead of ours must not make a lag negative. */
const secondsOf = (milliseconds: number): number => Math.max(0, Math.round(milliseconds) / 1_000);
