/** Words that the schemas of many routes are made of. */
import { type Static, type TSchema, Type } from 'typebox';

type Options = {
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly format?: 'date-time';
};

/** Ids as MQTT topics carry them: any text without control characters, slashes and all. */
export const identifier = (description: string) =>
  Type.String({ description, pattern: '^[^\\u0000-\\u001f\\u007f]+$', maxLength: 200 });

/** In a query of every list of such things, for users who look after the installation; `seenBy` shows all others their own. */
export const organisationAsked = Type.Optional(identifier('Only of this organisation.'));

/** A JSON Schema type list instead of `anyOf`: the serialiser writes it without trying alternatives. */
export const textOrNull = (options: Options = {}) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], ...options });
export const numberOrNull = (options: Options = {}) =>
  Type.Unsafe<number | null>({ type: ['number', 'null'], ...options });
export const integerOrNull = (options: Options = {}) =>
  Type.Unsafe<number | null>({ type: ['integer', 'null'], ...options });
export const jsonObject = (options: Options = {}) =>
  Type.Unsafe<Readonly<Record<string, unknown>>>({ type: 'object', additionalProperties: true, ...options });
export const jsonObjectOrNull = (options: Options = {}) =>
  Type.Unsafe<Readonly<Record<string, unknown>> | null>({
    type: ['object', 'null'],
    additionalProperties: true,
    ...options,
  });
export const textsOrNull = (options: Options = {}) =>
  Type.Unsafe<readonly string[] | null>({ type: ['array', 'null'], items: { type: 'string' }, ...options });

/** UTC with microseconds, such as `2026-03-04T09:15:02.118204Z`. */
export const utcTime = (description: string) => Type.String({ description, format: 'date-time' });

export const oneOf = <const T extends string>(words: readonly T[], options: Options = {}) =>
  Type.Unsafe<T>({ type: 'string', enum: [...words], ...options });

/** A list that routes answer with and do not change. */
export const listOf = <T extends TSchema>(item: T, options: Options = {}) =>
  Type.Unsafe<readonly Static<T>[]>(Type.Array(item, options));

/** A query string with exactly these parameters. */
export const query = <T extends Record<string, TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
