/**
 * What stands before every route: who is it, may they, and how often. One hook, which waits for nothing when the
 * answers are at hand: it runs for every request.
 */
import { type Authenticated, allows, type Identity, type PresentedCredentials } from '@plenum/access';
import { insufficientScope, notAuthenticated, unavailable } from '@plenum/access/problems';
import type { Authenticator } from '@plenum/authentication';
import { type Access, type Origin, Problem, tooMany } from '@plenum/http';
import type { Clock, RateAnswer } from '@plenum/runtime';
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isPreflight, type OwnBudgets } from './own-budgets.ts';
import { rateHeaders } from './rate-headers.ts';

/** `off`: nobody is asked and nothing is counted. For measurements, and for tests of what is behind the guards. */
export type Authorizing = Authenticator | 'off';

type Done = (error?: Error) => void;

export type AuthorizerParts = {
  readonly authorizing: Authorizing;
  readonly budgets: OwnBudgets;
  readonly clock: Clock;
};

export const addAuthorization = (app: FastifyInstance, { authorizing, budgets, clock }: AuthorizerParts): void => {
  app.decorateRequest('identity', undefined);
  app.decorateRequest('described', undefined);
  if (authorizing === 'off') return;
  const guard = authorizerOf(authorizing, budgets, clock);
  app.addHook('onRequest', (request, reply, done) => {
    // Where there is no route, there is nothing to guard, but somebody who may be trying all addresses.
    const { access, budget } = request.is404 ? unrouted : request.routeOptions.config;
    if (access === undefined) done(new Error('A route without access was called'));
    else if (isPreflight(request))
      done(); // Counted before.
    else guard({ request, reply, done, shown: credentialsOf(request), access, budget });
  });
};

const unrouted = { access: 'public', budget: undefined } as const;

type Asked = {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly done: Done;
  readonly shown: PresentedCredentials;
  readonly access: Access;
  readonly budget: FastifyContextConfig['budget'];
};

/** What is to be said of a request, if it is not one too many. */
type Verdict = { readonly identity: Identity | undefined; readonly refusal: Problem | undefined };

const anybody: Verdict = { identity: undefined, refusal: undefined };

const authorizerOf = (door: Authenticator, budgets: OwnBudgets, clock: Clock) => {
  const judge = (asked: Asked, authenticated: Authenticated): void => {
    if (asked.access === 'public') judgePublic(asked, authenticated);
    // An unidentified caller is counted, too: otherwise one that makes us ask others in vain could do so without end.
    else if (authenticated.outcome === 'unavailable')
      count(asked, { identity: undefined, refusal: unavailable(authenticated) });
    else if (authenticated.outcome === 'refused')
      count(asked, { identity: undefined, refusal: notAuthenticated(authenticated) });
    else count(asked, { identity: authenticated.identity, refusal: known(asked, asked.access, authenticated) });
  };
  /** Everybody may. A good credential is counted as itself: strangers at the same address take nothing from it. */
  const judgePublic = (asked: Asked, authenticated: Authenticated): void => {
    if (authenticated.outcome === 'authenticated')
      count(asked, { identity: authenticated.identity, refusal: undefined });
    else if (authenticated.outcome === 'unavailable' && asked.budget !== undefined) countOwn(asked, asked.budget);
    else count(asked, anybody);
  };
  /** A known caller may do it, or is answered with what it takes. */
  const known = (
    { request, shown }: Asked,
    access: Exclude<Access, 'public'>,
    { identity, described }: Extract<Authenticated, { readonly outcome: 'authenticated' }>,
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
  const countOwn = (asked: Asked, budget: NonNullable<Asked['budget']>): void =>
    finish(asked, budgets.take(budget, asked.shown.address), anybody);
  const finish = (asked: Asked, answer: RateAnswer, { identity, refusal }: Verdict): void => {
    const { reply, done, shown, access } = asked;
    reply.headers(rateHeaders(answer, clock.nowUs()));
    if (identity !== undefined && access !== 'public') reply.header('cache-control', 'private, no-cache');
    if (answer.allowed) {
      done(refusal);
    } else {
      door.noteLimited(shown, identity);
      done(tooMany(answer));
    }
  };

  return (asked: Asked): void => {
    const { access, budget, shown } = asked;
    const showsNothing = shown.apiKey === undefined && shown.authorization === undefined;
    // A probe is answered to everybody, and must not wait until somebody can be made out.
    if (budget === 'probes' || (budget !== undefined && showsNothing)) {
      countOwn(asked, budget);
    } else if (access === 'public' && showsNothing) {
      count(asked, anybody);
    } else {
      const authenticated = door.authenticate(shown);
      if (authenticated instanceof Promise) authenticated.then((settled) => judge(asked, settled)).catch(asked.done);
      else judge(asked, authenticated);
    }
  };
};

/** What a request shows of itself. */
export const credentialsOf = (request: FastifyRequest): PresentedCredentials => {
  const { headers } = request;
  const key = headers['x-api-key'];
  return {
    authorization: headers.authorization,
    apiKey: typeof key === 'object' ? key.join(', ') : key,
    ...originOf(request),
  };
};

/** Where it came from, without its query: there may be secrets in that. */
export const originOf = ({ headers, url, ip }: FastifyRequest): Origin => {
  const end = url.indexOf('?');
  return { address: ip, userAgent: headers['user-agent'], resource: end === -1 ? url : url.slice(0, end) };
};

const notAllowed = (permission: string): Problem =>
  new Problem('forbidden', `This takes the permission ${permission}.`, {
    headers: { 'www-authenticate': insufficientScope(permission) },
    extra: { permission },
  });
