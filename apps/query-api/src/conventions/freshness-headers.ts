/** `Plenum-Position` and `Plenum-Age`: what an answer was made from, and how old that may be. */
import { TransientFailure } from '@plenum/runtime';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Freshness, Look } from './freshness.ts';

/**
 * Adds both headers to the answers of routes that name their `sets`. Positions are taken before the rows are read, so
 * they are a lower bound of what is in the answer.
 */
export const addFreshnessHeaders = (app: FastifyInstance, freshness: Freshness): void => {
  app.addHook('preHandler', (request, reply, done) => {
    const { projections } = request.routeOptions.config;
    if (projections === undefined) return done();
    const look = freshness.recent();
    if (look !== undefined) return done(setHeaders(reply, look, projections, freshness.nowMs()));
    freshness.look().then((taken) => done(setHeaders(reply, taken, projections, freshness.nowMs())), done);
  });
};

/** Returns what is wrong, in the way of hooks. */
const setHeaders = (
  reply: FastifyReply,
  look: Look,
  asked: readonly string[] | 'all',
  nowMs: number,
): TransientFailure | undefined => {
  const projections = asked === 'all' ? look.projections : asked;
  const missing = projections.find((name) => !look.projections.includes(name));
  if (missing !== undefined) return new TransientFailure('not-prepared', `There is no checkpoint of ${missing}`);
  reply.header('plenum-position', positionOf(look, projections));
  reply.header('plenum-age', ageText(ageMs(look, projections, nowMs)));
  // Not for caches that others share: they do not know that an `X-API-Key` opens what they keep.
  reply.header('cache-control', 'private, no-cache');
  return undefined;
};

/** Opaque to clients: the projections' builds, topics, and next offsets by partition. */
export const positionOf = (look: Look, projections: readonly string[]): string => {
  const name = projections.join(',');
  const known = look.positions.get(name);
  if (known !== undefined) return known;
  const offsets: Record<string, string[]> = {};
  for (const { projection, version, generation, topic, partition, next } of look.partitions) {
    if (!projections.includes(projection)) continue;
    const place = `${projection}.v${version}.g${generation}/${topic}`;
    offsets[place] ??= [];
    offsets[place][partition] = next;
  }
  const position = Buffer.from(JSON.stringify(offsets)).toString('base64url');
  look.positions.set(name, position);
  return position;
};

/**
 * How old the rows of these projections may be, in milliseconds. Behind the log: as old as the oldest record not in them.
 * Caught up: 0 if the end of the log was seen less than a second ago, else the time since then.
 */
export const ageMs = (look: Look, projections: readonly string[], nowMs: number): number => {
  const sinceEnds = nowMs - look.endsSeenMs;
  let age = sinceEnds < 1_000 ? 0 : sinceEnds;
  for (const { projection, oldestUnreadMs } of look.partitions) {
    if (oldestUnreadMs === undefined || !projections.includes(projection)) continue;
    // Recorded by another machine's clock, perhaps ahead of ours: never "caught up" for that.
    age = Math.max(age, nowMs - oldestUnreadMs, 1);
  }
  return age;
};

const ageText = (milliseconds: number): string => (milliseconds === 0 ? '0' : (milliseconds / 1_000).toFixed(3));
