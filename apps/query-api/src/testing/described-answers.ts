/** Holds answers against the description of the API: their status, their body, and each of their headers. */
import assert from 'node:assert/strict';
import { answerHeaders } from '@plenum/http';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type DescribedOperation, describedApi } from './api-description.ts';

/** Not in every answer that may have them: it depends on what was asked, or on what was found. */
const sometimes: ReadonlySet<string> = new Set(['Retry-After', 'Link', 'Plenum-Truncated', 'WWW-Authenticate']);

export type Given = {
  readonly status: number;
  readonly headers: { readonly get: (name: string) => string | null };
  /** Of JSON; any other body is not looked at. */
  readonly body: unknown;
};

/** What is not as described, for people; nothing when all of it is. */
export const describedChecker = (): ((operation: DescribedOperation, given: Given) => readonly string[]) => {
  const ajv = new Ajv2020({ strict: false, formats: { 'date-time': isTime, 'uri-reference': true } });
  ajv.addSchema(describedApi(), 'api');
  return ({ operationId, answers }, { status, headers, body }) => {
    const described = answers[String(status)];
    if (described === undefined) return [`${operationId} answered ${status}: ${JSON.stringify(body)}`];
    const names = Object.keys(described.headers ?? {});
    const absent = names.filter((name) => headers.get(name) === null && !sometimes.has(name));
    const unsaid = Object.keys(answerHeaders).filter((name) => headers.get(name) !== null && !names.includes(name));
    return [
      ...absent.map((name) => `${operationId} ${status} has no ${name}`),
      ...unsaid.map((name) => `${operationId} ${status} has ${name}, which nothing says`),
      ...bodyProblems(ajv, described.content, body).map((problem) => `${operationId} ${status}: ${problem}`),
    ];
  };
};

const isTime = (text: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(text);

type Content = Readonly<Record<string, { readonly schema: object }>> | undefined;

const bodyProblems = (ajv: Ajv2020, content: Content, body: unknown): readonly string[] => {
  const schema = content?.['application/json']?.schema ?? content?.['application/problem+json']?.schema;
  if (schema === undefined) return [];
  assert.ok('$ref' in schema, 'every schema of an answer has a name');
  const validate = ajv.compile({ $ref: `api${String(schema.$ref)}` });
  return validate(body) ? [] : [`${ajv.errorsText(validate.errors)} in ${JSON.stringify(body).slice(0, 500)}`];
};
