/** What the listener knows of one connection beside what Aedes does. */
import type { GuardedStream } from '../guard/guarded-stream.ts';
import type { TakenOut } from '../guard/taken-out.ts';

export type Connection = {
  /** Never used twice in a process, unlike client ids. */
  readonly number: number;
  readonly guard: GuardedStream;
  clientId: string;
  /** How long a message may be held before its sender stops hearing from us. */
  holdMs: number;
  /** Compared by identity: Aedes asks for permission to publish it like for any other message. */
  will: object | undefined;
  /** PUBLISH packets that arrived whole, and those of them that Aedes has asked about. */
  received: number;
  asked: number;
  /** Messages that are held until they are safe, and then acknowledged. */
  held: number;
  /** Their payloads. */
  heldBytes: number;
  /** Closes the connection of a client that has broken the protocol. */
  violated: (() => void) | undefined;
  closed: boolean;
  /** What was granted on this connection and not given up again, with its QoS. */
  readonly filters: Map<string, number>;
  /** What was taken out of the stream, by the topic of the packet that stands in for it. */
  readonly takenOut: Map<string, TakenOut>;
};

/** Closes it after a violation, as soon as everything before that has been dealt with and acknowledged. */
export const closeWhenDone = ({ violated, received, asked, held }: Connection): void => {
  if (violated !== undefined && asked >= received && held === 0) afterTurns(acknowledgedWithin, violated);
};

/**
 * Aedes writes acknowledgements at the end of the turn they were given in, and a PUBREC some turns later, when the message
 * has been delivered.
 */
const acknowledgedWithin = 20;

const afterTurns = (turns: number, then: () => void): void => {
  if (turns === 0) then();
  else setImmediate(afterTurns, turns - 1, then);
};

/**
 * A client that hears nothing for one and a half keepalives gives up, and behind as many held messages as Aedes reads ahead
 * its pings are not read. Half a keepalive, and never more than `holdMsMax`, leaves it time to come back in order.
 */
export const holdMsOf = (keepaliveSeconds: number, holdMsMax: number): number =>
  keepaliveSeconds > 0 ? Math.min(holdMsMax, (keepaliveSeconds * 1000) / 2) : holdMsMax;
