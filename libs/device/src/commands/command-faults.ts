/** What is wrong with a command that is asked for, whichever way it comes. */
import type { Fault } from '@plenum/event';
import type { CommandAsked } from './ask-for-command.ts';
import { answerWithinMs, expiresInMs } from './timing.ts';

export const commandLengthMax = 200;
const parametersBytesMax = 64 * 1024;
const depthMax = 64;

/** All that a schema says, too; and of the parameters what it cannot say. None when it may be asked for. */
export const commandFaults = (asked: CommandAsked): readonly Fault[] => [
  ...(isText(asked.command) ? [] : [{ field: 'command', detail: `must be 1 to ${commandLengthMax} characters` }]),
  ...timeFaults('expires_in', asked.expiresInMs, expiresInMs),
  ...timeFaults('answer_within', asked.answerWithinMs, answerWithinMs),
  ...parameterFaults(asked.parameters),
];

const isText = (text: string): boolean => text.length <= commandLengthMax && /^[^\u0000-\u001f\u007f]+$/.test(text);

type Limits = { readonly min: number; readonly max: number };

const timeFaults = (field: string, ms: number | undefined, { min, max }: Limits): readonly Fault[] =>
  ms === undefined || (ms >= min && ms <= max)
    ? []
    : [{ field, detail: `must be ${min / 1_000} to ${max / 1_000} seconds` }];

const parameterFaults = (parameters: Readonly<Record<string, unknown>>): readonly Fault[] => {
  const detail = parametersProblem(parameters);
  return detail === undefined ? [] : [{ field: 'parameters', detail }];
};

const parametersProblem = (parameters: Readonly<Record<string, unknown>>): string | undefined => {
  if (!isWithin(parameters, depthMax)) return `must be at most ${depthMax} levels deep`;
  const json = JSON.stringify(parameters);
  if (new TextEncoder().encode(json).length > parametersBytesMax) return 'must be at most 64 KiB as JSON';
  return unstorable.test(json) ? 'must have no U+0000 and no half of a character' : undefined;
};

/** What no table holds, as JSON escapes it; before it an even number of backslashes. */
const unstorable = /(?:^|[^\\])(?:\\\\)*\\u(?:0000|d[89a-f])/;

const isWithin = (value: unknown, levels: number): boolean =>
  typeof value !== 'object' || value === null
    ? true
    : levels > 0 && Object.values(value).every((inner) => isWithin(inner, levels - 1));
