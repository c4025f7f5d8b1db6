/** What a server has asked its store for, until it is done. */
import type {
  Handover,
  KeptArrival,
  KeptSubscription,
  Leave,
  NewArrival,
  NewMessage,
  RetainedMessage,
  SessionRef,
  TakenSession,
  TakeSession,
  Written,
} from '@plenum/runtime';
import type { Ask } from './ask.ts';

/** Of what is in a session. */
export type ContentChange =
  | { readonly kind: 'subscribe'; readonly subscriptions: readonly KeptSubscription[] }
  | { readonly kind: 'unsubscribe'; readonly filters: readonly string[] }
  | { readonly kind: 'enqueue'; readonly message: NewMessage }
  | { readonly kind: 'release' | 'remove'; readonly number: number }
  | { readonly kind: 'arrive'; readonly arrival: KeptArrival }
  | { readonly kind: 'complete'; readonly packetId: number };

/** Of the session itself. */
export type LifeChange =
  | { readonly kind: 'leave'; readonly leave: Leave }
  | { readonly kind: 'forget-will' }
  | { readonly kind: 'end' };

export type SessionChange = ContentChange | LifeChange;

export type Operation =
  | { readonly does: 'change'; readonly session: SessionRef; readonly change: SessionChange }
  | {
      readonly does: 'pass-on';
      readonly session: SessionRef;
      readonly arrival: NewArrival;
      readonly handovers: readonly Handover[];
    }
  | { readonly does: 'take'; readonly asked: TakeSession; readonly nowMs: number }
  | { readonly does: 'retain'; readonly topic: string; readonly message: Omit<RetainedMessage, 'topic'> | undefined }
  /** In a transaction of its own, when all before it is done. */
  | { readonly does: 'question'; answer(ask: Ask): Promise<unknown> };

export type PassOn = Extract<Operation, { readonly does: 'pass-on' }>;
export type Question = Extract<Operation, { readonly does: 'question' }>;
export type Batched = Exclude<Operation, Question>;

/** What a batch answers, one for each of its operations. */
export type BatchAnswer = Written | readonly Written[] | TakenSession | undefined;

/** Whose sessions it is about: operations of one client stay in their order. */
export const clientsOf = (operation: Batched): readonly string[] => {
  switch (operation.does) {
    case 'change':
      return [operation.session.clientId];
    case 'pass-on':
      return [operation.session.clientId, ...operation.handovers.map(({ session }) => session.clientId)];
    case 'take':
      return [operation.asked.clientId];
    case 'retain':
      return [];
  }
};

/** Nothing of the same client comes after it in a batch. */
export const closesClient = (operation: Batched): boolean =>
  operation.does === 'take' ||
  (operation.does === 'change' && ['leave', 'forget-will', 'end'].includes(operation.change.kind));

/** About what it takes in memory and on the wire. */
export const bytesOf = (operation: Operation): number => {
  if (operation.does === 'retain') return operation.topic.length + (operation.message?.body.length ?? 0) + 100;
  if (operation.does === 'take') return (operation.asked.will?.body.length ?? 0) + 500;
  if (operation.does === 'pass-on') {
    return operation.handovers.reduce((sum, { message }) => sum + message.body.length + 100, 100);
  }
  return operation.does === 'change' && operation.change.kind === 'enqueue'
    ? operation.change.message.body.length + 100
    : 100;
};
