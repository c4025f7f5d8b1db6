/** Orders on their way through the rules: who gives them, under which id, and what they came to. */
import { type AccessAsk, type Actor, actorName } from '@plenum/access';
import { refused, type Trace } from '@plenum/event';
import { type CommandOutcome, type Decisions, decideCommand, type KeyedRequest } from '@plenum/runtime';
import type { Done, NotDone, Order, Ordered } from './orders.ts';

export type Deciding = {
  /** Carries out an order about one subject. @throws TransientFailure */
  order(asked: OrderAsked): Ordered;
  /** Whether this order was carried out before. @throws TransientFailure */
  isKnown(asked: Pick<OrderAsked, 'order' | 'kind' | 'subject'>): Promise<boolean>;
  /** Carries out what Plenum does by itself. @throws TransientFailure */
  record(commandId: string, ask: AccessAsk, from?: RecordedFrom): Promise<CommandOutcome>;
  /** The version of a stream; 0 when there is none. @throws TransientFailure */
  versionOf(stream: string): Promise<number>;
};

/** Where it came from. */
export type RecordedFrom = { readonly trace?: Trace | undefined; readonly request?: KeyedRequest | undefined };

export type OrderAsked = {
  readonly order: Pick<Order, 'commandId' | 'trace' | 'request'> & { readonly actor: Actor };
  /** Such as `users.disable`: the same id for another order is another command. */
  readonly kind: string;
  /** What the order is about; nothing when it makes something new, whose id is then in the answer. */
  readonly subject: string;
  /** The subject's stream, and the kind before its id. */
  readonly stream: string;
  readonly prefix: string;
  readonly ask: AccessAsk;
};

const commandIdMax = 200;
/** More than any stream will ever have: asks for no event at all. */
const afterAll = 2 ** 31 - 1;

export type DecidingParts = {
  readonly decisions: Decisions;
  /** Told of every stream that a decision has just changed. */
  readonly changed: (stream: string) => void;
};

export const deciding = ({ decisions, changed }: DecidingParts): Deciding => {
  const record: Deciding['record'] = async (commandId, ask, { trace, request } = {}) => {
    const outcome = await decideCommand(decisions, { commandId, ask, request, ...(trace && { trace }) });
    if (outcome.outcome === 'recorded') for (const { stream } of outcome.streams) changed(stream);
    return outcome;
  };
  const versionOf = async (stream: string): Promise<number> => (await decisions.store.load(stream, afterAll)).version;

  return {
    record,
    versionOf,
    isKnown: async (asked) =>
      isCommandId(asked.order.commandId) && (await decisions.store.answered(wholeId(asked))) !== undefined,
    order: async ({ order, kind, subject, stream: asked, prefix, ask }): Promise<Done | NotDone> => {
      const { commandId } = order;
      if (!isCommandId(commandId)) {
        return refused('invalid', `A command id is 1 to ${commandIdMax} visible characters.`);
      }
      if (subject !== '' && !isId(subject)) return refused('not-found', 'There is nothing of this id.');
      const outcome = await record(wholeId({ order, kind, subject }), ask, order);
      if (outcome.outcome === 'refused' || outcome.outcome === 'conflict') return outcome;
      // Of something new that is known already, only the answer says which it was.
      const { streams } = outcome;
      const stream = subject === '' ? (streams.find((one) => one.stream.startsWith(prefix))?.stream ?? asked) : asked;
      const version = streams.find((one) => one.stream === stream)?.version ?? (await versionOf(stream));
      return { outcome: 'done', how: outcome.outcome, id: stream.slice(prefix.length), stream, version };
    },
  };
};

const wholeId = ({ order: { actor, commandId }, kind, subject }: Pick<OrderAsked, 'order' | 'kind' | 'subject'>) =>
  `${kind} ${subject} ${actorName(actor)} ${commandId}`;

/** Whether a text can be anything's id here: visible ASCII, without the spaces that stand between parts of a command id. */
export const isId = (text: string): boolean => text.length <= commandIdMax && /^[\x21-\x7e]+$/.test(text);

/** It becomes part of a header. */
const isCommandId = isId;
