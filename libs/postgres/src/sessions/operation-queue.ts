/** Operations in the order they were asked for, and which of them are carried out together. */
import { bytesOf, clientsOf, closesClient, type Operation } from './operations.ts';

export type Queued = {
  readonly operation: Operation;
  resolve(answer: unknown): void;
  reject(error: Error): void;
};

export type OperationQueue = {
  add<T>(operation: Operation): Promise<T>;
  /** Takes back a message that was never sent to the database, and settles its `enqueue`. */
  cancel(clientId: string, epoch: number, number: number): boolean;
  /** At most so many of the first ones that go together: one question, or changes and takes. */
  next(countMax: number): readonly Queued[];
  /** Come first again, in their order. They may have been done, so none is cancelled any more. */
  putBack(queued: readonly Queued[]): void;
  /** All takes and questions: nobody is to wait for them while the database is away. */
  rejectTakes(error: Error): void;
  rejectAll(error: Error): void;
  isEmpty(): boolean;
  /** Nobody waits for more than messages that may still be cancelled. */
  canLinger(): boolean;
};

const takesMax = 400;
const bytesMax = 8_000_000;

export const operationQueue = (): OperationQueue => {
  let queue: Queued[] = [];
  let urgent = 0;
  /** Of messages that were never sent. */
  const cancellable = new Map<string, Queued>();

  const entered = (one: Queued): void => {
    if (isUrgent(one.operation)) urgent += 1;
  };
  const left = ({ operation }: Queued): void => {
    if (isUrgent(operation)) urgent -= 1;
    const key = keyOf(operation);
    if (key !== undefined) cancellable.delete(key);
  };
  const rejectIf = (isMeant: (operation: Operation) => boolean, error: Error): void => {
    const meant = queue.filter(({ operation }) => isMeant(operation));
    queue = queue.filter(({ operation }) => !isMeant(operation));
    for (const one of meant) left(one);
    for (const one of meant) one.reject(error);
  };
  return {
    add: <T>(operation: Operation) => {
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      // The kind of operation and of answer go together, which the callers know.
      const one: Queued = { operation, resolve: (answer) => resolve(answer as T), reject };
      queue.push(one);
      entered(one);
      const key = keyOf(operation);
      if (key !== undefined) cancellable.set(key, one);
      return promise;
    },
    cancel: (clientId, epoch, number) => {
      const key = messageKey(clientId, epoch, number);
      const one = cancellable.get(key);
      if (one === undefined) return false;
      cancellable.delete(key);
      cancelled.add(one);
      one.resolve('written');
      return true;
    },
    next: (countMax) => {
      const [taken, rest] = firstOf(queue, countMax);
      queue = rest;
      for (const one of taken) left(one);
      return taken;
    },
    putBack: (queued) => {
      for (const one of queued) entered(one);
      queue = [...queued, ...queue];
    },
    rejectTakes: (error) => rejectIf(({ does }) => does === 'take' || does === 'question', error),
    rejectAll: (error) => rejectIf(() => true, error),
    isEmpty: () => queue.length === 0,
    canLinger: () => urgent === 0,
  };
};

const cancelled = new WeakSet<Queued>();

/** Skips what has to wait until an earlier operation of the same client is done. */
const firstOf = (queue: readonly Queued[], countMax: number): readonly [readonly Queued[], Queued[]] => {
  const taken: Queued[] = [];
  const rest: Queued[] = [];
  const closed = new Set<string>();
  let [takes, bytes, index] = [0, 0, 0];
  for (; index < queue.length; index += 1) {
    const one = queue[index];
    if (one === undefined || cancelled.has(one)) continue;
    const { operation } = one;
    if (operation.does === 'question') {
      if (taken.length === 0 && rest.length === 0) return [[one], queue.slice(index + 1)];
      break;
    }
    if (taken.length >= countMax || bytes >= bytesMax || takes >= takesMax) break;
    const clients = clientsOf(operation);
    const hasToWait = clients.some((client) => closed.has(client));
    // It says that what was enqueued before it is written.
    if (operation.does === 'pass-on' && (hasToWait || rest.length > 0)) break;
    if (hasToWait) {
      rest.push(one);
      continue;
    }
    if (closesClient(operation)) for (const client of clients) closed.add(client);
    if (operation.does === 'take') takes += 1;
    bytes += bytesOf(operation);
    taken.push(one);
  }
  return [taken, [...rest, ...queue.slice(index)]];
};

const isUrgent = (operation: Operation): boolean =>
  operation.does !== 'change' || !['enqueue', 'release', 'remove'].includes(operation.change.kind);

const messageKey = (clientId: string, epoch: number, number: number): string => `${number} ${epoch} ${clientId}`;

const keyOf = (operation: Operation): string | undefined => {
  if (operation.does !== 'change' || operation.change.kind !== 'enqueue') return undefined;
  const { clientId, epoch } = operation.session;
  return messageKey(clientId, epoch, operation.change.message.number);
};
