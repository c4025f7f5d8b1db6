import { silentLogger } from '../../testing/silent-logger.ts';
import { type Ingest, ingest } from '../ingest.ts';
import type { IngestLimits } from '../limits.ts';
import type { Inbound, Outcome } from '../message.ts';
import { controlledLog } from './controlled-log.ts';
import { manualTimer } from './manual-timer.ts';
import { plainCodec, plainTranslator } from './plain-translator.ts';

type Say = (connection: number, text: string, differing?: Partial<Inbound>) => boolean;

/** An ingest loop over a log and a time that tests run by hand; appends are begun without an interval unless given. */
export const ingestUnderTest = (given: Partial<IngestLimits> = {}, codec = plainCodec) => {
  const log = controlledLog();
  const timer = manualTimer();
  const limits = { intervalMs: 0, ...given };
  const loop: Ingest = ingest({ log, timer, limits, codec, translator: plainTranslator, logger: silentLogger });
  const answers: [string, Outcome][] = [];
  const say: Say = (connection, text, differing = {}) => {
    loop.received(1);
    const payload = new TextEncoder().encode(text);
    const sender = { clientId: `client-${connection}`, connection, topic: `t/${connection}` };
    const message = { ...sender, payload, receivedTimeUs: 0, holdMs: 10_000, ...differing };
    return loop.offer(message, (outcome) => answers.push([text, outcome]));
  };
  return { log, timer, loop, say, answers };
};

/** A balance with what is given, and nothing else in it. */
export const balance = ({ dropped = {}, ...rest }: { dropped?: object } & Record<string, unknown>) => ({
  received: 0,
  appended: 0,
  quarantined: 0,
  discarded: 0,
  inHand: 0,
  dropped: { 'qos0-overload': 0, 'connection-closed': 0, 'qos2-duplicate': 0, own: 0, unsafe: 0, ...dropped },
  ...rest,
});
