/**
 * Requests that are about nobody: documents that are the same for all, what browsers ask before they ask, and probes. Each
 * kind has a budget of its own for each network, so that none of them takes away what API requests may have, nor they its.
 * This process counts by itself and in memory: these have to answer when the database is away.
 */
import { networkOf } from '@plenum/access';
import { tooMany } from '@plenum/http';
import type { Clock, RateAnswer } from '@plenum/runtime';
import { grantRequests, type RateBucket, resetInS, roomInS, windowAt } from '@plenum/runtime';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { rateHeaders } from './rate-headers.ts';

export type OwnBudget = 'documents' | 'preflights' | 'probes';

/** Requests a minute of one network. A whole office, or a cluster with everything that probes, may be one. */
export const ownLimits: Readonly<Record<OwnBudget, number>> = { documents: 600, preflights: 6_000, probes: 6_000 };

export type OwnBudgets = { readonly take: (budget: OwnBudget, address: string) => RateAnswer };

/** Networks that are remembered; all beyond them share one count. */
const networksMax = 20_000;

export const ownBudgets = (clock: Clock): OwnBudgets => {
  const counted = new Map<string, readonly RateBucket[]>();
  const forgetIdle = (second: number): void => {
    for (const [name, buckets] of counted) if (windowAt(buckets, second).length === 0) counted.delete(name);
  };
  let sweptSecond = 0;
  const nameFor = (name: string, budget: OwnBudget, second: number): string => {
    if (counted.has(name)) return name;
    if (counted.size >= networksMax && second > sweptSecond) {
      sweptSecond = second;
      forgetIdle(second);
    }
    return counted.size < networksMax ? name : `${budget} of all others`;
  };
  return {
    take: (budget, address) => {
      const second = Math.floor(clock.nowUs() / 1_000_000);
      const limit = ownLimits[budget];
      const name = nameFor(`${budget} ${networkOf(address)}`, budget, second);
      const { granted, buckets } = grantRequests(counted.get(name) ?? [], { limit, second, waiting: 1, share: 0 });
      counted.set(name, buckets);
      const used = buckets.reduce((sum, { requests }) => sum + requests, 0);
      const answer = { allowed: granted === 1, limit, remaining: limit - used, resetS: resetInS(buckets, second) };
      return answer.allowed ? answer : { ...answer, retryAfterS: roomInS(buckets, limit, second) };
    },
  };
};

/** What a browser asks before it lets a page of another origin ask. It never shows a credential. */
export const isPreflight = ({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

/** Counts them before anything answers them. */
export const countPreflights = (app: FastifyInstance, budgets: OwnBudgets, clock: Clock): void => {
  app.addHook('onRequest', (request, reply, done) => {
    if (!isPreflight(request)) {
      done();
      return;
    }
    const answer = budgets.take('preflights', request.ip);
    reply.headers(rateHeaders(answer, clock.nowUs()));
    done(answer.allowed ? undefined : tooMany(answer));
  });
};
