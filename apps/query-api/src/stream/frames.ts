/** What a client is sent: frames of Server-Sent Events (the HTML standard, 9.2). */
import type { StreamKind } from '@plenum/domain';
import { type Event, formatTimeUs } from '@plenum/event';

/** Why a stream ends, for programs. After `slow`, `shutdown` and `failed` a client may connect again at once. */
export type EndReason = 'slow' | 'shutdown' | 'failed' | 'not-authenticated' | 'forbidden' | 'unavailable';

export type ResyncReason = 'too-far-behind' | 'no-longer-kept' | 'another-log' | 'unreadable-id';

/** How long a client waits before it connects again. */
export const retryMs = 2_000;

/** The last lines of a frame, without its id: the same for every client. */
export const eventBody = (kind: StreamKind, { id, type, effectiveTimeUs, recordedTimeUs, data }: Event): string => {
  const shown = {
    type,
    ...{ event_id: id, effective_time: formatTimeUs(effectiveTimeUs), recorded_time: formatTimeUs(recordedTimeUs) },
    data: shownData(kind, data),
  };
  return `event: ${kind.kind}\ndata: ${JSON.stringify(shown)}\n\n`;
};

export const shownData = ({ fields }: Pick<StreamKind, 'fields'>, data: unknown): Readonly<Record<string, unknown>> => {
  const shown: Record<string, unknown> = {};
  const given = data as Readonly<Record<string, unknown>>; // The data of an event are a record of its schema.
  for (const [name, form] of Object.entries(fields)) if (name in given) shown[name] = shownAs(form, given[name]);
  return shown;
};

const shownAs = (form: StreamKind['fields'][string], value: unknown): unknown => {
  if (value === undefined) return null;
  if (form === 'time' && typeof value === 'number') return formatTimeUs(value);
  return form === 'json' && typeof value === 'string' ? jsonOr(value) : value;
};

/** What a table would refuse may be in the log all the same. */
const jsonOr = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

export const bytesOf = (text: string): Buffer => Buffer.from(text, 'utf8');

/** From here on all that happens is sent. */
export const readyFrame = (id: string, kinds: readonly string[]): Buffer =>
  bytesOf(`id: ${id}\nevent: ready\ndata: ${JSON.stringify({ kinds })}\n\n`);

/** What was missed cannot be sent: a client that keeps a picture reads it anew. */
export const resyncFrame = (id: string, reason: ResyncReason): Buffer =>
  bytesOf(`id: ${id}\nevent: resync\ndata: ${JSON.stringify({ reason })}\n\n`);

export const endFrame = (reason: EndReason): Buffer => bytesOf(`event: end\ndata: ${JSON.stringify({ reason })}\n\n`);

export const beginFrame: Buffer = bytesOf(`retry: ${retryMs}\n\n`);

/** Dispatches nothing, and still moves the id: a client that few events match does not fall behind. */
export const heartbeatFrame = (id: string | undefined): Buffer =>
  bytesOf(id === undefined ? ':\n\n' : `:\nid: ${id}\n\n`);
