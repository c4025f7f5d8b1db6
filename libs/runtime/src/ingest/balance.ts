/** Where every message went. The MQTT side counts what arrives, the loop what became of it. */

/** Why a message that was received is neither in the log nor in quarantine. */
export type DropReason =
  /** Nobody waits for it and memory is short. */
  | 'qos0-overload'
  /** Its connection ended first; its sender was promised nothing and sends it again. */
  | 'connection-closed'
  /** A QoS 2 message sent again before it was released; the first copy counts. */
  | 'qos2-duplicate'
  /** Plenum published it itself, and a broker gave it back: what it says is in the log as a decision. */
  | 'own'
  /** The log stayed away longer than its sender could be kept waiting. */
  | 'unsafe';

/** received = appended + quarantined + discarded + every `dropped` + inHand, at any moment. */
export type IngestBalance = {
  /** Counted at the socket, before anything else can go wrong. */
  readonly received: number;
  /** In the log as the event they report. */
  readonly appended: number;
  /** In the log as a quarantined message, bytes and all. */
  readonly quarantined: number;
  /** In the log only as a count, because their sender's budget was used up. */
  readonly discarded: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** Received, and not yet any of the above. */
  readonly inHand: number;
};

export type Kept = 'appended' | 'quarantined' | 'discarded';

/** Counts, so that the balance can be read at any moment. */
export type IngestCounters = {
  /** Messages that arrived at a socket. Each must be offered or dropped later. */
  received(messages: number): void;
  kept(as: Kept): void;
  dropped(reason: DropReason, messages: number): void;
  read(): IngestBalance;
};

export const ingestCounters = (): IngestCounters => {
  const dropped = { 'qos0-overload': 0, 'connection-closed': 0, 'qos2-duplicate': 0, own: 0, unsafe: 0 };
  const kept = { appended: 0, quarantined: 0, discarded: 0 };
  let received = 0;
  let inHand = 0;
  return {
    received: (messages) => {
      received += messages;
      inHand += messages;
    },
    kept: (as) => {
      kept[as] += 1;
      inHand -= 1;
    },
    dropped: (reason, messages) => {
      dropped[reason] += messages;
      inHand -= messages;
    },
    read: () => ({ received, ...kept, dropped: { ...dropped }, inHand }),
  };
};
