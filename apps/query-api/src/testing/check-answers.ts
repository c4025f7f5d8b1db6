/** Holds every JSON answer of an app under test against the schema its route declares: nothing missing, nothing more. */
import type { onSendAsyncHookHandler, RouteOptions } from 'fastify';
import { Check, Errors } from 'typebox/schema';

/** Give it as `onRoute`. An answer that differs from its schema becomes a 500, which no test expects. */
export const checkAnswers = (route: RouteOptions): void => {
  const declared = (route.schema?.response as Readonly<Record<string, object>> | undefined)?.['200'];
  if (declared === undefined || 'content' in declared) return;
  const schema = closed(declared);
  const check: onSendAsyncHookHandler = async (request, reply, payload) => {
    if (reply.statusCode !== 200 || (typeof payload !== 'string' && !Buffer.isBuffer(payload))) return payload;
    const answer: unknown = JSON.parse(payload.toString());
    if (Check(schema, answer)) return payload;
    const [, errors] = Errors(schema, answer);
    throw new Error(`${request.url} answered what it does not declare: ${JSON.stringify(errors.slice(0, 3))}`);
  };
  route.onSend = [check, ...[route.onSend ?? []].flat()];
};

/** The same schema, but objects may hold nothing that is not declared. */
const closed = (schema: object): object => {
  if (Array.isArray(schema))
    return schema.map((item) => (typeof item === 'object' && item !== null ? closed(item) : item));
  const copy = Object.entries(schema).map(([name, value]) => [
    name,
    typeof value === 'object' && value !== null ? closed(value) : value,
  ]);
  const open = !('properties' in schema) || 'additionalProperties' in schema;
  return { ...Object.fromEntries(copy), ...(open ? {} : { additionalProperties: false }) };
};
