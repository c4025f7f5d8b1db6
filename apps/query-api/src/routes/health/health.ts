import { formatTimeUs } from '@plenum/event';
import { defineRoute, Problem, problems, query, type Route, utcTime } from '@plenum/http';
import type { Projection } from '@plenum/read-model';
import { beforeDeadline, type Clock, type Log, TransientFailure } from '@plenum/runtime';
import { Type } from 'typebox';
import type { CheckpointReads } from '../../consumers/checkpoints.ts';
import { onceASecond } from '../../conventions/once-a-second.ts';
import type { ParkedCounts } from './parked-counts.ts';

/** Settles when the thing works; rejects with TransientFailure that says what is wrong. */
export type Check = () => Promise<unknown>;

export type HealthRoutesParts = {
  readonly checks: Readonly<Record<string, Check>>;
  readonly parked: ParkedCounts;
  readonly clock: Clock;
};

const patienceMs = 2_000;

const readySchema = Type.Object(
  {
    status: Type.Literal('ready'),
    checks: Type.Record(Type.String(), Type.Literal('up'), { description: 'What was looked at.' }),
    parked: Type.Record(Type.String(), Type.Integer(), {
      description:
        'Records that a read model has set aside, by projection; empty when all is well. Somebody has to look.',
    }),
  },
  { title: 'Ready' },
);

export const healthRoutes = ({ checks, parked, clock }: HealthRoutesParts): readonly Route[] => {
  // Nobody is counted here, so nobody must be able to keep the database busy with it.
  const look = onceASecond(() => downOf(checks));
  return [liveRoute(clock), readyRoute({ names: Object.keys(checks), look, parked })];
};

const liveRoute = (clock: Clock) =>
  defineRoute({
    operationId: 'getLiveness',
    method: 'GET',
    path: '/health/live',
    access: 'public',
    budget: 'probes',
    tags: ['health'],
    summary: 'Whether the process is alive; needs nothing else',
    querystring: query({}),
    answers: {
      200: Type.Object({ status: Type.Literal('alive'), timestamp: utcTime('Now.') }, { title: 'Alive' }),
      ...problems(),
    },
    handle: () => ({ status: 'alive' as const, timestamp: formatTimeUs(clock.nowUs()) }),
  });

type Ready = {
  readonly names: readonly string[];
  readonly look: () => ReturnType<typeof downOf>;
  readonly parked: ParkedCounts;
};

const readyRoute = ({ names, look, parked }: Ready) =>
  defineRoute({
    operationId: 'getReadiness',
    method: 'GET',
    path: '/health/ready',
    access: 'public',
    budget: 'probes',
    tags: ['health'],
    summary: 'Whether requests can be answered; a 503 names what is down',
    querystring: query({}),
    answers: { 200: readySchema, ...problems() },
    handle: async () => {
      const down = await look();
      const downNames = Object.keys(down);
      if (downNames.length > 0) {
        const headers = { 'retry-after': '2' };
        throw new Problem('not-ready', `Down: ${downNames.join(', ')}.`, { headers, extra: { down } });
      }
      const up = Object.fromEntries(names.map((name) => [name, 'up' as const]));
      return { status: 'ready' as const, checks: up, parked: await parked() };
    },
  });

/** The codes of what is down, by name. Messages stay inside: they may name hosts and users. */
const downOf = async (checks: HealthRoutesParts['checks']): Promise<Readonly<Record<string, string>>> => {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await beforeDeadline(check(), patienceMs);
        return [];
      } catch (error) {
        if (!(error instanceof TransientFailure)) throw error;
        return [[name, error.code] as const];
      }
    }),
  );
  return Object.fromEntries(results.flat());
};

type Standard = {
  readonly checkpoints: CheckpointReads;
  readonly log: Pick<Log, 'positions'>;
  readonly projections: readonly Projection[];
};

/** What every answer needs: the database, the log, and tables that a projector has made. */
export const standardChecks = ({ checkpoints, log, projections }: Standard): HealthRoutesParts['checks'] => ({
  database: () => checkpoints.ping(),
  log: () => Promise.all(projections.flatMap((projection) => projection.topics).map((topic) => log.positions(topic))),
  read_models: async () => {
    const active = new Set((await checkpoints.active()).map(({ projection }) => projection));
    const missing = projections.filter(({ name }) => !active.has(name)).map(({ name }) => name);
    if (missing.length > 0) throw new TransientFailure('not-prepared', `No checkpoint of ${missing.join(', ')}`);
  },
});
