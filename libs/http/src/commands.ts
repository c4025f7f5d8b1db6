/**
 * Commands: requests that decide something. They are answered once the decision is recorded; `Prefer: wait` waits until
 * the read models show it as well. Nothing here knows what is decided.
 */
import type { Actor, CommandMetadata, Fault, NotDone, Receipt, Refused } from '@plenum/event';
import { Type } from 'typebox';
import { type Answer, answer, type Headers } from './answer.ts';
import { oneOf } from './fields.ts';
import { type AnswerHeader, withHeaders } from './headers.ts';
import { Problem, type ProblemName, problemResponses } from './problem.ts';
import type { Asked } from './route.ts';
import { refuseVersion, seenVersion, versionTag, type WithHeaders } from './versions.ts';

/** Of a request, what the metadata of its commands are made of. */
export type Asking = Pick<Asked, 'headers' | 'identity' | 'given'>;

/** Who asks. @throws Problem where nobody was asked who they are, because authentication is off. */
export const actorOf = ({ identity }: Pick<Asked, 'identity'>): Actor => {
  if (identity === undefined) throw new Problem('unauthenticated', 'This API does not ask who you are.');
  return identity;
};

/** Who asks, and what every command is given with, as the request says it. @throws Problem */
export const metadataOf = (asked: Asking): CommandMetadata => {
  const metadata = { actor: actorOf(asked), ...asked.given() };
  const expectedVersion = seenVersion(asked);
  return expectedVersion === undefined ? metadata : { ...metadata, expectedVersion };
};

/** As `metadataOf`, for what makes something new or ends many things: no version can be asked of that. @throws Problem */
export const metadataWithoutVersion = (asked: Asking): CommandMetadata => {
  refuseVersion(asked);
  return metadataOf(asked);
};

const byCode: Readonly<Record<string, ProblemName>> = {
  'not-found': 'not-found',
  forbidden: 'forbidden',
  invalid: 'not-possible',
  'key-used': 'key-used',
};

/** What exists already, and what a state does not allow now, is a conflict. Every fault is in `errors`. */
export const refusedProblem = ({ code, reason, faults }: Refused): Problem =>
  new Problem(byCode[code] ?? 'conflict', reason, faults === undefined ? {} : { extra: { errors: inBody(faults) } });

/** As a problem of validation lists what does not fit a schema. */
const inBody = (faults: readonly Fault[]) =>
  faults.map(({ field, detail }) => ({ in: 'body', parameter: field, detail }));

const notDoneProblem = (asked: WithHeaders, notDone: NotDone): Problem => {
  if (notDone.outcome === 'refused') return refusedProblem(notDone);
  const { version } = notDone;
  if (seenVersion(asked) === undefined) {
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

export const receiptSchema = Type.Object(receiptFields, { title: 'Receipt' });

/**
 * For the answers of commands; 202 is the same with a read model that is not there yet. What makes something new (201) has
 * no version that could be asked for.
 */
export const commandAnswers = (success: 200 | 201, schema: object = receiptSchema): Record<number, object> => ({
  [success]: withHeaders(schema, 'ETag', 'Preference-Applied', ...(success === 201 ? (['Location'] as const) : [])),
  202: notShownYet('Decided; what is read does not show it yet.', schema, 'ETag'),
  ...problemResponses(404, 409, ...(success === 201 ? [] : [412]), 422),
});

/** For the answers of what waits for `Prefer: wait`: done, and where to look whether it is shown. */
export const notShownYet = (description: string, schema: object, ...more: readonly AnswerHeader[]): object =>
  withHeaders(
    { description, content: { 'application/json': { schema } } },
    ...(['Location', 'Preference-Applied'] as const),
    ...more,
  );

export type ReceiptBody = {
  readonly id: string;
  readonly version: number;
  readonly outcome: Receipt['how'];
  readonly self: string;
  readonly status: string;
};

/** The version of an entity's row; `undefined` when there is none yet. @throws TransientFailure */
export type VersionOf = (id: string) => Promise<number | undefined>;

/**
 * Looks, less and less often, until it is so or the time is up. A decision is recorded: that the tables are away does not
 * undo it, so what cannot be seen now is not shown yet.
 */
export type UntilShown = (isShown: () => Promise<boolean>, forMs: number) => Promise<boolean>;

export type Answering<More extends object> = {
  readonly done: Receipt | NotDone;
  /** 201 where something was made. */
  readonly success: 200 | 201;
  /** Where entities of this kind are, such as `/api/v1/things`. */
  readonly under: string;
  /** Behind the id, where one of them is read, such as `/enrolment`; the thing itself, unless given. */
  readonly readAt?: string | undefined;
  /** The version that the read models show. */
  readonly shown: VersionOf;
  readonly untilShown: UntilShown;
  /** What else is in the body. */
  readonly more?: More;
};

/** The answer to a command, with its version as `ETag`. @throws Problem for a command that was not carried out. */
export const receipt = async <More extends object = object>(
  asked: WithHeaders,
  { done, success, under, readAt = '', shown, untilShown, more }: Answering<More>,
): Promise<Answer<ReceiptBody & Partial<More>>> => {
  if (done.outcome !== 'done') throw notDoneProblem(asked, done);
  const { id, version, how } = done;
  const one = [under, encodeURIComponent(id)].join('/');
  const self = `${one}${readAt}`;
  const status = [one, 'versions', version].join('/');
  const look = async () => ((await shown(id)) ?? 0) >= version;
  const waited = await shownInTime(asked, untilShown, look);
  const location = waited.isShown ? (success === 201 ? { location: self } : {}) : { location: status };
  // It may hold a secret, which is shown once.
  const headers = { etag: versionTag(version), 'cache-control': 'no-store', ...waited.headers, ...location };
  const body = { id, version, outcome: how, self, status, ...more } as ReceiptBody & Partial<More>;
  return answer(body, { status: waited.isShown ? success : 202, headers });
};

/** What `Prefer: wait` asks for; shown as well for a caller that does not ask to wait. A header says that it waited. */
export const shownInTime = async (
  asked: WithHeaders,
  untilShown: UntilShown,
  isShown: () => Promise<boolean>,
): Promise<{ readonly isShown: boolean; readonly headers: Headers }> => {
  const waitS = waitOf(asked);
  if (waitS === undefined) return { isShown: true, headers: {} };
  return { isShown: await untilShown(isShown, waitS * 1000), headers: { 'preference-applied': `wait=${waitS}` } };
};

const waitSMax = 10;

/** Whole seconds of `Prefer: wait=5` (RFC 7240), at most ten; `undefined` where nobody says how long. */
export const waitOf = ({ headers }: WithHeaders): number | undefined => {
  const given = [headers.prefer ?? []].flat().join(',');
  const seconds = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})/i.exec(given)?.[1];
  return seconds === undefined ? undefined : Math.min(Number(seconds), waitSMax);
};
