/** What the reference page and `.env.example` say about settings. */
import type { Settings } from './read-config.ts';

export type Description = {
  readonly name: string;
  readonly about: string;
  readonly expected: string;
  readonly example: string | undefined;
  readonly secret: boolean;
  readonly required: boolean;
  /** As it would be written in the environment; `undefined` when there is none. */
  readonly fallback: string | undefined;
};

/** Settings in the order they were declared. Two equal declarations have equal descriptions. */
export const describeSettings = (settings: Settings): readonly Description[] =>
  Object.entries(settings).map(([name, { about, expected, example, secret, whenUnset }]) => ({
    name,
    about,
    expected,
    example,
    secret,
    required: whenUnset.rule === 'required',
    fallback: whenUnset.rule === 'fallback' ? whenUnset.text : undefined,
  }));
