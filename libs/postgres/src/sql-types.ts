/**
 * What columns become where rows are read through the `Sql` port. PostgreSQL writes each as text anyway; to have it write
 * times as they are shown (`to_char`) would be a large part of all that a page costs it.
 */
import pg from 'pg';

type ParseText = (text: string) => unknown;

/** What a column of this type becomes; `parseJson` is for JSON columns. Of all others what the driver makes of it. */
export const sqlTypes = (parseJson: ParseText = JSON.parse): pg.CustomTypesConfig => ({
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (format === 'binary') return pg.types.getTypeParser(oid, format);
    if (jsonTypes.has(oid)) return parseJson;
    return parsers.get(oid) ?? pg.types.getTypeParser(oid, format);
  }) as pg.CustomTypesConfig['getTypeParser'], // Its overloads name the types of single parsers.
});

/**
 * `2026-03-04 09:15:02.1182+00` as `2026-03-04T09:15:02.118200Z`, always with six digits. What is in no year from 1 to 9999
 * (`infinity` too) or comes from a session in another zone is left as PostgreSQL writes it: our own tables hold no such
 * times, and our sessions are in UTC (see `openPool`).
 */
export const utcText = (text: string): string => {
  const end = text.length - zone.length;
  if (text.charCodeAt(dateEnd) !== space || !text.endsWith(zone)) return text;
  // Joined, and not by a template: JSON.stringify is slow with texts that are made of pieces inside.
  return [text.slice(0, dateEnd), 'T', text.slice(dateEnd + 1, secondsEnd), '.', digits(text, end), 'Z'].join('');
};

const zone = '+00';
const dateEnd = 10;
const secondsEnd = 19;
const space = 0x20;

const digits = (text: string, end: number): string => text.slice(secondsEnd + 1, end).padEnd(6, '0');

const { builtins } = pg.types;

export const jsonTypes: ReadonlySet<number> = new Set([builtins.JSON, builtins.JSONB]);

/** A number has room for every count and offset there is: 2^53 readings are 28,000 years of 10,000 a second. */
const parsers: ReadonlyMap<number, ParseText> = new Map<number, ParseText>([
  [builtins.TIMESTAMPTZ, utcText],
  [builtins.INT8, Number],
  // What PostgreSQL adds up bigints to.
  [builtins.NUMERIC, Number],
]);
