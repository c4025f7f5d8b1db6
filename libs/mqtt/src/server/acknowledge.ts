/** How the sender of a message hears what became of it: in the order of its messages, and in MQTT 5 with the reason. */
import type { MessageRefusal } from '@plenum/event';
import { ackBytes } from '../codec/packet-writer.ts';
import { reason } from '../codec/reason-codes.ts';
import { reasonString } from './close.ts';
import { goBehind } from './in-turn.ts';
import type { Connection, Server } from './state.ts';

export type Answer = {
  readonly type: 'puback' | 'pubrec';
  readonly id: number;
  readonly refusal: MessageRefusal | undefined;
};

/**
 * Acknowledges a message, after those before it. `kept` settles when everything that its acknowledgement promises beside the log
 * holds.
 */
export const acknowledge = (
  server: Server,
  connection: Connection,
  answer: Answer,
  kept: Promise<unknown> | undefined,
): void => {
  const { answers } = connection;
  if (kept === undefined && answers.length === 0) {
    answerNow(connection, answer);
    return;
  }
  const go = (): void => answerNow(connection, answer);
  goBehind(server, connection, { line: answers, ready: kept, go, drop: nothing });
};

const nothing = (): void => undefined;

const answerNow = (connection: Connection, { type, id, refusal }: Answer): void => {
  const { out, level } = connection;
  connection.unacknowledged -= 1;
  if (refusal === undefined || level !== 5) out.ack(type, id);
  else out.write(ackBytes(level, type, id, reasonOf(refusal), reasonString(connection, whyOf(refusal))));
};

const whyOf = ({ code, detail }: MessageRefusal): string => `in quarantine, ${code}: ${detail}`;

/** What comes nearest in MQTT 5 (3.4.2.1) to why a message is in quarantine. */
export const reasonOf = ({ code }: Pick<MessageRefusal, 'code'>): number =>
  codes.get(code) ?? reason.payloadFormatInvalid;

const codes: ReadonlyMap<string, number> = new Map([
  ['unknown-topic', reason.topicNameInvalid],
  ['bad-identifier', reason.topicNameInvalid],
  ['not-authorized', reason.notAuthorized],
  ['oversized', reason.quotaExceeded],
  ['too-large', reason.quotaExceeded],
  ['unencodable', reason.implementationSpecific],
]);
