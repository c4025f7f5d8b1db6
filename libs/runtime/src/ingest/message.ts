/** What passes between the MQTT side and the ingest loop: a message, the event it becomes, and how its sender is answered. */
import type { Event, MessageRefusal, Translation, UserProperties } from '@plenum/event';

/** One message as the MQTT listener or connector (the source) hands it over. */
export type Inbound = {
  readonly topic: string;
  /** May be a view into a larger buffer: nothing of it is kept once `offer` has returned. */
  readonly payload: Uint8Array;
  readonly clientId: string;
  /**
   * Whose budget of unreadable messages it counts against, where the client id does not distinguish senders: a broker
   * hands over what all of its devices publish.
   */
  readonly budgetKey?: string;
  /** Which connection brought it. Messages of one connection settle in the order they were offered. */
  readonly connection: number;
  readonly receivedTimeUs: number;
  /**
   * How long its sender may be kept waiting. `undefined` when nobody waits (QoS 0, a will): then it survives the end
   * of its connection, because nobody would send it again, and it is the first to be dropped when memory runs short.
   */
  readonly holdMs: number | undefined;
  /** Where it may come again without saying that it is the same: then it becomes the same event. */
  readonly arrival?: Arrival;
  /** What an MQTT 5 device sent along. It goes with the event, and of a quarantined message what is kept of it. */
  readonly userProperties?: UserProperties;
  /** Why the source will not have it translated. It goes to quarantine as it is. */
  readonly refused?: RefusedBySource;
};

/**
 * How a message arrived first. The source keeps it as long as the message may come again, and hands it over again then, with
 * the time of the first arrival. What is `undefined` or `false` in it is filled in by the loop.
 */
export type Arrival = {
  readonly receivedTimeUs: number;
  /** The id that was made for its event. Stays `undefined` where the message itself says which event it is. */
  id: string | undefined;
  /** It is in the log only as part of a count. */
  counted: boolean;
};

/** `payload` is then only the beginning; these are the length and the digest of all of it. */
export type RefusedBySource = {
  readonly code: string;
  readonly detail: string;
  readonly lengthBytes: number;
  /** 64 hexadecimal digits; computed by the translator when the payload is whole. */
  readonly sha256?: string;
};

/** Messages of one client, refused for one reason beyond its budget, of which only these counts are kept. */
export type DiscardedMessages = {
  readonly clientId: string;
  readonly code: string;
  /** Of the last of them. */
  readonly topic: string;
  /** 0 for one that came again and is counted already. */
  readonly messages: number;
  readonly bytes: number;
};

/** The domain's side of the loop: which events messages become. */
export type Translator = {
  /** Whether Plenum published it itself, so that it says nothing new. Nothing is, unless said otherwise. */
  isOwn?(message: Inbound): boolean;
  translate(message: Inbound): Translation;
  quarantined(message: Inbound, refusal: MessageRefusal): Event;
  discarded(counts: DiscardedMessages): Event;
};

/**
 * How a message ended for its sender.
 * `safe`: it is in the log, or in quarantine in the log; acknowledge it.
 * `unsafe`: it waited too long or Plenum is going away; close the connection without acknowledging.
 * `forgotten`: its connection ended before it was sent to the log.
 */
export type Outcome = 'safe' | 'unsafe' | 'forgotten';

/**
 * Called exactly once for a message that somebody waits for, and never from inside `offer`; for others never. A message that is
 * `safe` with a refusal is in quarantine for it, or counted there.
 */
export type Settled = (outcome: Outcome, refusal?: MessageRefusal) => void;
