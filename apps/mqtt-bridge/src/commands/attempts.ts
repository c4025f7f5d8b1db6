/** Commands that were claimed: each is published once, and what becomes of that is recorded. */
import { acknowledgeCommands, commandMessage, commandNotTaken, type SendableCommand } from '@plenum/device';
import { type Delivery, gatherCalls, type Issue, type IssuedBy, type Timer } from '@plenum/runtime';
import type { DatabaseClock } from './database-clock.ts';
import type { WayToNodes } from './way-to-nodes.ts';

export type AttemptsParts = {
  readonly way: WayToNodes;
  readonly issue: Issue;
  readonly newId: () => string;
  readonly timer: Timer;
  readonly clock: DatabaseClock;
  /** Waits while the database is away; `undefined` when the signal aborts meanwhile. */
  readonly patient: <T>(work: () => Promise<T>, stop: AbortSignal) => Promise<T | undefined>;
  /** Called before a command is published. */
  readonly onSend?: ((commandId: string) => void) | undefined;
  /** Nothing is published from then on. */
  readonly closing: AbortSignal;
  readonly failed: (error: unknown) => void;
};

export type CommandCounts = {
  /** Attempts that were published. */
  readonly sent: number;
  /** Acknowledged, by the node or by a broker in between. */
  readonly delivered: number;
  readonly notTaken: number;
  /** Whose acknowledgement did not come in its time. */
  readonly unknown: number;
  /** Published, and not settled yet. */
  readonly inHand: number;
};

export type Attempts = {
  publish(command: SendableCommand): void;
  /** Commands that are not to be sent again from here: published and not settled, or taken by a broker. */
  underWay(): readonly string[];
  /** Forgets what a broker has taken and does not send any more. */
  forgetExpired(): void;
  counts(): CommandCounts;
  /** Settles when what is known is recorded, or the database was away for too long. */
  close(): Promise<void>;
};

/** What it takes to a device at most; beyond it, it could arrive when it has expired. */
const marginMs = 100;
/** How long what is known is tried to be recorded when the database is away at the end. */
const endingMs = 5_000;

/** In whose name it is decided, under this id. */
export const by = (id: string): IssuedBy => ({ id, reaction: 'command-sender', trace: {} });

export const attempts = (parts: AttemptsParts): Attempts => {
  const { way, timer, clock, closing, failed } = parts;
  const ending = new AbortController();
  const inHand = new Map<string, Promise<void>>();
  /** By when each expires. */
  const passedOn = new Map<string, number>();
  const counts = { sent: 0, delivered: 0, notTaken: 0, unknown: 0 };
  const record = recording(parts, ending.signal);

  const sendNow = async (command: SendableCommand, expiryMs: number): Promise<void> => {
    counts.sent += 1;
    const { command_id, node_id: nodeId, expires_us, attempt, signs_in: signsIn } = command;
    parts.onSend?.(command_id);
    const clientId = way.clientOf({ nodeId, signsIn });
    const to = clientId === undefined ? {} : { clientId };
    const delivery = await way.devices.publish({ ...commandMessage(command), ...to, expiryMs, once: true });
    if (delivery.outcome === 'delivered') {
      counts.delivered += 1;
      if (delivery.by === 'device') await record.acknowledged(command_id);
      // The broker has it, and only the node's own answer says more: another copy would wait beside it.
      else passedOn.set(command_id, Number(expires_us));
    } else if (delivery.outcome === 'expired') counts.unknown += 1;
    else await notTaken(command_id, attempt + 1, delivery);
  };
  const notTaken = (commandId: string, attempt: number, why: NotTaken): Promise<unknown> => {
    counts.notTaken += 1;
    return record.notTaken(commandId, attempt, why);
  };

  return {
    publish: (command) => {
      const { command_id, expires_us, attempt } = command;
      const leftMs = (Number(expires_us) - clock.nowUs()) / 1000 - marginMs;
      const tried =
        leftMs <= 0 || closing.aborted
          ? notTaken(command_id, attempt + 1, { outcome: 'late' })
          : sendNow(command, leftMs);
      inHand.set(
        command_id,
        tried.catch(failed).then(() => void inHand.delete(command_id)),
      );
    },
    underWay: () => [...inHand.keys(), ...passedOn.keys()],
    forgetExpired: () => {
      for (const [commandId, expiresUs] of passedOn) if (expiresUs < clock.nowUs()) passedOn.delete(commandId);
    },
    counts: () => ({ ...counts, inHand: inHand.size }),
    close: async () => {
      const cancel = timer.after(endingMs, () => ending.abort());
      await Promise.all(inHand.values());
      cancel();
    },
  };
};

type NotTaken = Extract<Delivery, { readonly outcome: 'refused' | 'not-connected' }> | { readonly outcome: 'late' };

const acknowledgedMax = 200;

/** What is known of attempts, on its way into the streams. */
const recording = ({ issue, clock, newId, patient }: AttemptsParts, stop: AbortSignal) => {
  const acknowledge = async (commandIds: readonly string[], id: string): Promise<void> => {
    const nowUs = clock.nowUs();
    const issued = await patient(() => issue(acknowledgeCommands(commandIds, nowUs), by(id)), stop);
    if (issued?.outcome !== 'refused' || commandIds.length === 1) return;
    for (const commandId of commandIds) await acknowledge([commandId], `${id}/${commandId}`);
  };
  const together = gatherCalls({
    carry: async (ids: readonly string[]) => {
      await acknowledge(ids, `acknowledge/${newId()}`);
      return ids.map(() => undefined);
    },
    ...{ atATime: 1, callsMax: acknowledgedMax },
  });
  return {
    acknowledged: (commandId: string): Promise<void> => together(commandId),
    notTaken: (commandId: string, attempt: number, why: NotTaken): Promise<unknown> => {
      const reason = why.outcome === 'refused' ? why.reason : undefined;
      const asked = commandNotTaken(commandId, { attempt, why: why.outcome, reason, nowUs: clock.nowUs() });
      return patient(() => issue(asked, by(`not-taken/${commandId}/${attempt}`)), stop);
    },
  };
};
