import { events } from '@plenum/catalogue';
import type { Event } from '@plenum/event';
import { personalFieldsByType } from '@plenum/runtime';

const personalFields = personalFieldsByType(events);

/** The data of an event as JSON: 64-bit numbers as text, bytes as base64, and null for what names a person. */
export const eventJson = ({ type, data }: Pick<Event, 'type' | 'data'>): string => {
  const named = personalFields.get(type)?.fields ?? [];
  const shown =
    named.length === 0 ? data : { ...(data as object), ...Object.fromEntries(named.map((name) => [name, null])) };
  return JSON.stringify(shown, inJson);
};

/** Asks the object itself: bytes have turned into something else by the time their value is handed over. */
function inJson(this: unknown, name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  const held = (this as Record<string, unknown>)[name]; // JSON.stringify calls this on the object that has the field.
  return held instanceof Uint8Array ? held.toBase64() : value;
}
