/** What an export is as of: a position of the log, which clients get as an opaque text and may give back. */
import { parseTimeUs } from '@plenum/event';

/** Next offsets by partition, by topic. */
export type ExportPosition = Readonly<Record<string, readonly bigint[]>>;

/** As JSON has it: a topic's offsets as text, for they may be more than a number holds. */
export type PositionJson = Readonly<Record<string, readonly string[]>>;

export const positionJson = (position: ExportPosition): PositionJson =>
  Object.fromEntries(
    Object.entries(position)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([topic, offsets]) => [topic, offsets.map(String)]),
  );

export const positionOfJson = (json: PositionJson): ExportPosition =>
  Object.fromEntries(Object.entries(json).map(([topic, offsets]) => [topic, offsets.map(BigInt)]));

/** The same for the same position. */
export const positionText = (json: PositionJson): string =>
  new TextEncoder().encode(JSON.stringify(json)).toBase64({ alphabet: 'base64url', omitPadding: true });

export type AsOf = { readonly timeUs: number } | { readonly position: ExportPosition };

/**
 * A time, the text of a position, or what stands in `Plenum-Position`, whose builds of projections do not matter here.
 * `undefined`: none of them.
 */
export const asOfGiven = (text: string): AsOf | undefined => {
  const timeUs = parseTimeUs(text);
  if (timeUs !== undefined) return { timeUs };
  const json = jsonIn(text);
  return json === undefined ? undefined : positionIn(json);
};

const jsonIn = (text: string): unknown => {
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: 'base64url' });
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined; // Nothing that we wrote.
  }
};

const partitionsMax = 1_000;

const positionIn = (json: unknown): AsOf | undefined => {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const position: Record<string, readonly bigint[]> = {};
  for (const [place, offsets] of Object.entries(json)) {
    const topic = place.slice(place.indexOf('/') + 1);
    if (!Array.isArray(offsets) || offsets.length > partitionsMax || !/^[a-z0-9.-]{1,200}$/.test(topic))
      return undefined;
    if (!offsets.every((offset) => typeof offset === 'string' && /^\d{1,18}$/.test(offset))) return undefined;
    position[topic] = offsets.map(BigInt);
  }
  return Object.keys(position).length === 0 ? undefined : { position };
};
