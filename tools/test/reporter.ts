/** A reporter of node:test that writes each test's beginning, end and verdict as a line of JSON, and a last line after all. */

import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';

export type Line =
  | { readonly kind: 'began'; readonly name: string }
  | { readonly kind: 'over'; readonly name: string }
  | { readonly kind: 'passed'; readonly name: string }
  | { readonly kind: 'skipped'; readonly name: string; readonly reason: string }
  | { readonly kind: 'failed'; readonly name: string; readonly error: string }
  | { readonly kind: 'ended' };

/** The runner calls this, by the default export that it asks for. */
async function* reporter(events: AsyncIterable<TestEvent>): AsyncGenerator<string, void> {
  for await (const event of events) {
    const line = lineOf(event);
    if (line !== undefined) yield `${JSON.stringify(line)}\n`;
  }
  yield `${JSON.stringify({ kind: 'ended' } satisfies Line)}\n`;
}

const lineOf = ({ type, data }: TestEvent): Line | undefined => {
  // A suite as well: which of the two something is, is reported wrongly for a test that comes after a suite.
  if (type === 'test:dequeue') return { kind: 'began', name: data.name };
  if (type === 'test:complete') return { kind: 'over', name: data.name };
  if (type !== 'test:pass' && type !== 'test:fail') return undefined;
  const { name, skip, details } = data;
  if (skip !== undefined) return { kind: 'skipped', name, reason: reasonOf(skip) };
  const isSuite = details.type === 'suite';
  // A suite is the sum of its tests, and fails by itself only in its hooks or its body.
  if (type === 'test:pass') return isSuite ? undefined : { kind: 'passed', name };
  const { error } = data.details;
  if (isSuite && 'failureType' in error && error.failureType === 'subtestsFailed') return undefined;
  return { kind: 'failed', name, error: inspect(error.cause instanceof Error ? error.cause : error) };
};

const reasonOf = (skip: string | boolean): string =>
  typeof skip === 'string' && skip !== '' ? skip : 'no reason given';

export default reporter;
