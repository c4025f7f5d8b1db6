import { defineRoute, problems, query, type Route, utcTime } from '@plenum/http';
import type { Clock } from '@plenum/runtime';
import { Type } from 'typebox';
import type { Freshness, Look } from '../../conventions/freshness.ts';
import { ageMs } from '../../conventions/freshness-headers.ts';
import { type OutboxLook, outboxLagOf, outboxLagSchema } from './outbox-lag.ts';

export type LagRoutesParts = {
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
        },
        { title: 'ProjectionLag' },
      ),
    ),
  },
  { title: 'Lag' },
);

export const lagRoutes = ({ freshness, relay, clock }: LagRoutesParts): readonly Route[] => [
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
      const lag = lagOf(await freshness.look(), freshness.nowMs());
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

/** A clock that is ahead of ours must not make a lag negative. */
const secondsOf = (milliseconds: number): number => Math.max(0, Math.round(milliseconds) / 1_000);
