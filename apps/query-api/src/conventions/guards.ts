/**
 * What stands before every route: who is it, may he, and how often. One hook, which waits for nothing when the answers
 * are at hand: it runs for every request.
 */
import { allows, type Identity } from '@plenum/access';
import type { Admitted, Doorkeeper, NotIn, Shown, Unavailable } from '@plenum/admission';
import type { Clock, RateAnswer } from '@plenum/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Access } from './access.ts';
import { Problem } from './problem.ts';
import { rateHeaders } from './rate-headers.ts';

/** `off`: nobody is asked and nothing is counted. For measurements, and for tests of what is behind the guards. */
export type Guarding = Doorkeeper | 'off';

type Done = (error?: Error) => void;

export const addGuards = (app: FastifyInstance, guarding: Guarding, clock: Clock): void => {
  app.decorateRequest('identity', undefined);
  app.decorateRequest('described', undefined);
  if (guarding === 'off') return;
  const guard = guardOf(guarding, clock);
  app.addHook('onRequest', (request, reply, done) => {
    // Where there is no route, there is nothing to guard, but somebody who may be trying all addresses.
    const { access, counted } = request.is404 ? unrouted : request.routeOptions.config;
    if (access === undefined) done(new Error('A route without access was called'));
    else if (access === 'public' && counted === false) done();
    else guard({ request, reply, done, shown: shownOf(request) }, access);
  });
};

const unrouted = { access: 'public', counted: undefined } as const;

type Asked = {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly done: Done;
  readonly shown: Shown;
};

/** What is to be said of a request, if it is not one too many. */
type Verdict = { readonly identity: Identity | undefined; readonly refusal: Problem | undefined };

const anybody: Verdict = { identity: undefined, refusal: undefined };

const guardOf = (door: Doorkeeper, clock: Clock) => {
  const judge = (asked: Asked, access: Exclude<Access, 'public'>, admitted: Admitted): void => {
    // Nobody made out is somebody to count, or whoever makes us ask others in vain could do it without end.
    if (admitted.outcome === 'unavailable') count(asked, { identity: undefined, refusal: unavailable(admitted) });
    else if (admitted.outcome === 'refused') count(asked, { identity: undefined, refusal: notIn(admitted) });
    else count(asked, { identity: admitted.identity, refusal: known(asked, access, admitted) });
  };
  /** Whoever is known may do it, or is told what it takes. */
  const known = (
    { request, shown }: Asked,
    access: Exclude<Access, 'public'>,
    { identity, described }: Extract<Admitted, { readonly outcome: 'admitted' }>,
  ): Problem | undefined => {
    request.identity = identity;
    request.described = described;
    if (access === 'identified' || allows(identity.permissions, access.permission)) return undefined;
    door.noteForbidden(shown, identity, access.permission);
    return notAllowed(access.permission);
  };
  /** Counts the request and lets it go on, or not: too often is too often, whatever else was wrong. */
  const count = (asked: Asked, verdict: Verdict): void => {
    const { identity } = verdict;
    const answer = door.limit(identity === undefined ? { address: asked.shown.address } : { identity });
    if (answer instanceof Promise) answer.then((counted) => finish(asked, counted, verdict)).catch(asked.done);
    else finish(asked, answer, verdict);
  };
  const finish = ({ reply, done, shown }: Asked, answer: RateAnswer, { identity, refusal }: Verdict): void => {
    reply.headers(rateHeaders(answer, clock.nowUs()));
    if (identity !== undefined) reply.header('cache-control', 'private, no-cache');
    if (answer.allowed) {
      done(refusal);
    } else {
      door.noteLimited(shown, identity);
      done(tooMany(answer));
    }
  };

  return (asked: Asked, access: Access): void => {
    if (access === 'public') {
      count(asked, anybody);
      return;
    }
    const admitted = door.admit(asked.shown);
    if (admitted instanceof Promise) admitted.then((settled) => judge(asked, access, settled)).catch(asked.done);
    else judge(asked, access, admitted);
  };
};

/** What a request shows of itself, without its query: there may be secrets in that. */
export const shownOf = ({ headers, url, ip }: FastifyRequest): Shown => {
  const key = headers['x-api-key'];
  const end = url.indexOf('?');
  return {
    authorization: headers.authorization,
    apiKey: typeof key === 'object' ? key.join(', ') : key,
    address: ip,
    userAgent: headers['user-agent'],
    resource: end === -1 ? url : url.slice(0, end),
  };
};

const challenge = 'Bearer realm="plenum"';

/** RFC 6750: whoever showed nothing is told no more than how; others are told that it is not good. */
export const notIn = ({ code, reason }: NotIn): Problem => {
  const more = { extra: { code } };
  if (code === 'no-role') {
    return new Problem('forbidden', reason, { ...more, headers: { 'www-authenticate': insufficient() } });
  }
  const wrong = code === 'absent' ? challenge : `${challenge}, error="invalid_token"`;
  return new Problem('unauthenticated', reason, { ...more, headers: { 'www-authenticate': wrong } });
};

const notAllowed = (permission: string): Problem =>
  new Problem('forbidden', `This takes the permission ${permission}.`, {
    headers: { 'www-authenticate': insufficient(permission) },
    extra: { permission },
  });

const insufficient = (permission?: string): string =>
  [challenge, 'error="insufficient_scope"', ...(permission === undefined ? [] : [`scope="${permission}"`])].join(', ');

const tooMany = ({ limit, retryAfterS = 1 }: RateAnswer): Problem =>
  new Problem('rate-limited', `More than ${limit} requests in a minute.`, {
    headers: { 'retry-after': String(retryAfterS) },
  });

export const unavailable = ({ reason, retryAfterS }: Unavailable): Problem =>
  new Problem('unavailable', reason, { headers: { 'retry-after': String(retryAfterS) } });
