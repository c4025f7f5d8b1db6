/** What a server has asked its store for, until it is done. */
import type {
  KeptArrival,
  KeptSubscription,
  Leave,
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
  | { readonly does: 'take'; readonly asked: TakeSession; readonly nowMs: number }
  | { readonly does: 'retain'; readonly topic: string; readonly message: Omit<RetainedMessage, 'topic'> | undefined }
  /** In a transaction of its own, when all before it is done. */
  | { readonly does: 'question'; answer(ask: Ask): Promise<unknown> };

export type Question = Extract<Operation, { readonly does: 'question' }>;
export type Batched = Exclude<Operation, Question>;

/** What a batch answers, one for each of its operations. */
export type BatchAnswer = Written | TakenSession | undefined;

/** Whose it is, of operations that have to stay in their order. */
export const clientOf = (operation: Batched): string | undefined => {
  switch (operation.does) {
    case 'change':
      return operation.session.clientId;
    case 'take':
      return operation.asked.clientId;
    case 'retain':
      return undefined;
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
  return operation.does === 'change' && operation.change.kind === 'enqueue'
    ? operation.change.message.body.length + 100
    : 100;
};
