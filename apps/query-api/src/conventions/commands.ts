/**
 * Commands: requests that decide something. They are answered once the decision is recorded; `Prefer: wait` waits until
 * the read models show it as well.
 */
import { Type } from '@fastify/type-provider-typebox';
import type { CommandMetadata, Refused } from '@plenum/event';
import {
  oneOf,
  Problem,
  type ProblemName,
  problemResponses,
  refuseVersion,
  seenVersion,
  versionTag,
} from '@plenum/http';
import { type NotDone, type Receipt, TransientFailure } from '@plenum/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { identityOf } from './access.ts';
import { commandIdOf } from './idempotency.ts';

/** Who asks, and what every command is given with, as the request says it. @throws Problem */
export const metadataOf = (request: FastifyRequest): CommandMetadata => {
  const metadata = { actor: identityOf(request), ...givenWith(request) };
  const expectedVersion = seenVersion(request);
  return expectedVersion === undefined ? metadata : { ...metadata, expectedVersion };
};

/** As `metadataOf`, for what makes something new or ends many things: no version can be asked of that. @throws Problem */
export const metadataWithoutVersion = (request: FastifyRequest): CommandMetadata => {
  refuseVersion(request);
  return metadataOf(request);
};

/** Who asks apart: what ties a command to the request that it came with. @throws Problem */
export const givenWith = (request: FastifyRequest): Pick<CommandMetadata, 'id' | 'trace' | 'request'> => ({
  id: commandIdOf(request),
  trace: { correlationId: request.id },
  request: request.keyed,
});

const byCode: Readonly<Record<string, ProblemName>> = {
  'not-found': 'not-found',
  forbidden: 'forbidden',
  invalid: 'not-possible',
  'key-used': 'key-used',
};

/** What exists already, and what a state does not allow now, is a conflict. */
export const refusedProblem = ({ code, reason }: Refused): Problem => new Problem(byCode[code] ?? 'conflict', reason);

const notDoneProblem = (request: FastifyRequest, notDone: NotDone): Problem => {
  if (notDone.outcome === 'refused') return refusedProblem(notDone);
  const { version } = notDone;
  if (seenVersion(request) === undefined) {
    return new Problem('conflict', `Others were faster, again and again; it is at version ${version} now.`, {
      extra: { version },
    });
  }
  return new Problem('precondition-failed', `It is at version ${version} now.`, {
    headers: { etag: versionTag(version) },
    extra: { version },
  });
};

/** What was asked for, as far as it got. */
export const receiptFields = {
  id: Type.String({ description: 'Of the entity that it was about.' }),
  version: Type.Integer({ description: 'Of it, afterwards; also in `ETag`.' }),
  outcome: oneOf(['recorded', 'known', 'unchanged'], {
    description: '`known`: this command was carried out before. `unchanged`: it was so already.',
  }),
  self: Type.String({ description: 'Where it can be read.' }),
  status: Type.String({ description: 'Says whether what is read shows this version.' }),
};

export const receiptSchema = Type.Object(receiptFields);

/** For the response schemas of commands; 202 is the same with a read model that is not there yet. */
export const commandAnswers = (success: 200 | 201, schema: object = receiptSchema) => ({
  [success]: schema,
  202: { description: 'Decided; what is read does not show it yet.', ...schema },
  ...problemResponses(404, 409, 412, 422),
});

export type ReceiptBody = {
  readonly id: string;
  readonly version: number;
  readonly outcome: Receipt['how'];
  readonly self: string;
  readonly status: string;
};

export type Answering = {
  readonly done: Receipt | NotDone;
  /** 201 where something was made. */
  readonly success: 200 | 201;
  /** Where entities of this kind are, such as `/api/v1/things`. */
  readonly under: string;
  /** The version that the read models show. */
  readonly shown: ShownVersion;
};

/** The version of an entity's row; `undefined` when there is none yet. @throws TransientFailure */
export type ShownVersion = (id: string) => Promise<number | undefined>;

/** Sets status and headers, and makes the body. @throws Problem for a command that was not carried out. */
export const receipt = async (
  request: FastifyRequest,
  reply: FastifyReply,
  answering: Answering,
): Promise<ReceiptBody> => {
  const { done, success, under, shown } = answering;
  if (done.outcome !== 'done') throw notDoneProblem(request, done);
  const { id, version, how } = done;
  const self = [under, encodeURIComponent(id)].join('/');
  const status = [self, 'versions', version].join('/');
  // It may hold a secret, which is told once.
  reply.header('etag', versionTag(version)).header('cache-control', 'no-store').code(success);
  if (success === 201) reply.header('location', self);
  if (!(await isShownInTime(request, reply, async () => ((await shown(id)) ?? 0) >= version))) {
    reply.code(202).header('location', status);
  }
  return { id, version, outcome: how, self, status };
};

/** What `Prefer: wait` asks for; true as well for whoever does not ask to wait. Says in a header that it waited. */
export const isShownInTime = async (
  request: FastifyRequest,
  reply: FastifyReply,
  isShown: () => Promise<boolean>,
): Promise<boolean> => {
  const waitS = waitOf(request);
  if (waitS === undefined) return true;
  reply.header('preference-applied', `wait=${waitS}`);
  return untilShown(isShown, waitS * 1000);
};

const waitSMax = 10;

/** Whole seconds of `Prefer: wait=5` (RFC 7240), at most ten. */
const waitOf = ({ headers }: FastifyRequest): number | undefined => {
  const given = [headers.prefer ?? []].flat().join(',');
  const seconds = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})/i.exec(given)?.[1];
  return seconds === undefined ? undefined : Math.min(Number(seconds), waitSMax);
};

const lookEveryMs = { first: 10, most: 160 };

/** Looks, less and less often, until it is so or the time is up. What cannot be seen now is not shown yet. */
export const untilShown = async (isShown: () => Promise<boolean>, forMs: number): Promise<boolean> => {
  const untilMs = performance.now() + forMs;
  for (let pauseMs = lookEveryMs.first; ; pauseMs = Math.min(pauseMs * 2, lookEveryMs.most)) {
    if (await unlessTransient(isShown)) return true;
    if (performance.now() + pauseMs > untilMs) return false;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
};

/** The decision is recorded: that the tables are away does not undo it, and must not be told as if it did. */
const unlessTransient = async (isShown: () => Promise<boolean>): Promise<boolean> => {
  try {
    return await isShown();
  } catch (error) {
    if (error instanceof TransientFailure) return false;
    throw error;
  }
};
