/** Sends a client what it missed, from the log, until it is as far as everybody else. */
import type { StreamKind } from '@plenum/domain';
import { aborted, type EventCodec, type Log, type Timer, type Turns } from '@plenum/runtime';
import { eventsOf, type Feed, type StreamedEvent } from './feed.ts';
import { bytesOf, eventBody } from './frames.ts';
import { type LiveClient, pieceBytes } from './live-client.ts';
import { base36, idAround, lastPart, type Positions } from './positions.ts';
import { wants } from './wanted.ts';

export type CatchUpParts = {
  readonly log: Pick<Log, 'read'>;
  readonly codec: EventCodec;
  readonly timer: Timer;
  /** Few read at a time; one that takes long lets the others go on. */
  readonly turns: Pick<Turns, 'run'>;
  readonly kindOf: (type: string) => StreamKind | undefined;
  readonly noteSent: (events: number) => void;
};

export type CatchingUp = {
  readonly client: LiveClient;
  readonly feeds: readonly Feed[];
  readonly positions: Positions;
  /** From now on what the feeds give out is kept for the client. `undefined` where it is gone. */
  readonly hold: () => Holding | undefined;
};

export type Holding = {
  /** The client has all from before: it gets what was kept, and is live. False where too much came to be kept; then nothing is any more. */
  readonly release: () => boolean;
};

/** A client that takes nothing for so long is ended. */
const takesNothingMs = 30_000;
/** A turn ends at the first batch after so long. */
const turnMs = 1_000;
/** Records: from here on what comes meanwhile is kept, instead of read from the log as well. */
const nearMax = 5_000n;

/** Settles when the client is live, or gone. @throws TransientFailure; LogTruncated */
export const catchUp = async (parts: CatchUpParts, catching: CatchingUp): Promise<void> => {
  const { client, feeds, positions, hold } = catching;
  const { closed } = client.connection;
  const gone = aborted(closed);
  const at = feeds.map((feed) => [...(positions.get(feed.topic) ?? feed.next() ?? [])]);
  const placesNow = (): readonly Place[] =>
    feeds.flatMap((feed, index) => (feed.next() ?? []).map((end, partition) => ({ feed, index, partition, end })));
  const fromOf = ({ index, partition }: Place): bigint => at[index]?.[partition] ?? 0n;
  const send = (places: readonly Place[]): Promise<void> =>
    parts.turns.run(() => sendInTurn(parts, { client, feeds, at }, places));

  while (!closed.aborted) {
    const places = placesNow();
    const behind = places.filter((place) => fromOf(place) < place.end);
    // Of what another process showed it, this one may not have heard yet.
    const ahead = places.filter((place) => fromOf(place) > place.end);
    const missed = behind.reduce((sum, place) => sum + place.end - fromOf(place), 0n);
    if (ahead.length === 0 && missed <= nearMax) {
      const holding = hold();
      if (holding === undefined) return;
      while (behind.some((place) => fromOf(place) < place.end) && !closed.aborted) await send(behind);
      if (holding.release()) return;
    } else if (behind.length > 0) await send(behind);
    else await Promise.race([...ahead.map(({ feed }) => feed.moved()), gone]);
  }
};

type Sending = {
  readonly client: LiveClient;
  readonly feeds: readonly Feed[];
  /** By place of the feed and by partition, the next offset to be sent. */
  readonly at: readonly bigint[][];
};

type Place = {
  readonly feed: Feed;
  readonly index: number;
  readonly partition: number;
  /** Up to which it is sent. */
  readonly end: bigint;
};

const sendInTurn = async (parts: CatchUpParts, sending: Sending, behind: readonly Place[]): Promise<void> => {
  const untilMs = parts.timer.nowMs() + turnMs;
  for (const place of behind) {
    if (sending.client.connection.closed.aborted) return;
    if (!(await sendRange(parts, sending, place, untilMs))) return;
  }
};

/** Whether it was sent to its end, and there is time left. */
const sendRange = async (
  parts: CatchUpParts,
  { client, feeds, at }: Sending,
  { feed, index, partition, end }: Place,
  untilMs: number,
): Promise<boolean> => {
  const own = at[index] ?? [];
  const from = own[partition] ?? 0n;
  const places = feeds.map(({ topic }, place) => ({ topic, offsets: at[place] ?? [] }));
  const around = idAround(places, index, partition);
  const frame = (kind: StreamKind, { offset, timestampMs, event }: StreamedEvent): Buffer => {
    const id = `${around.before}${base36(offset + 1n)}${around.after}${lastPart(index, partition, timestampMs)}`;
    return bytesOf(`id: ${id}\n${eventBody(kind, event)}`);
  };
  for await (const batch of parts.log.read({ topic: feed.topic, partition, from, to: end })) {
    let [sent, bytes] = [0, 0];
    for (const streamed of await eventsOf(parts.codec, batch)) {
      const kind = parts.kindOf(streamed.event.type);
      if (kind === undefined || !wants(client.wanted, kind, streamed.event)) continue;
      if (!client.mayRead(kind, streamed.event)) continue;
      const made = frame(kind, streamed);
      client.push(made);
      sent += 1;
      bytes += made.length;
      if (bytes < pieceBytes) continue;
      bytes = 0;
      client.flush();
      await taken(parts, client);
    }
    client.flush();
    parts.noteSent(sent);
    own[partition] = batch.nextOffset;
    await taken(parts, client);
    if (client.connection.closed.aborted || parts.timer.nowMs() >= untilMs) return false;
  }
  // Offsets may have holes, and one may be at the end.
  if ((own[partition] ?? 0n) < end) own[partition] = end;
  return true;
};

const taken = async ({ timer }: CatchUpParts, client: LiveClient): Promise<void> => {
  const cancel = timer.after(takesNothingMs, () => client.end('slow'));
  await client.connection.drained();
  cancel();
};
