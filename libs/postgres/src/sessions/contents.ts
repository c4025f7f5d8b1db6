/** What is in sessions, as it was changed by a batch: at most one change of each message, subscription and arrival. */
import type { KeptArrival, KeptSubscription, NewMessage } from '@plenum/runtime';
import type { ContentChange } from './operations.ts';

type InSession = { readonly content: number };

export type PutMessage = InSession & { readonly message: NewMessage; readonly released: boolean };
export type NamedMessage = InSession & { readonly number: number };

export type ContentChanges = {
  add(content: number, change: ContentChange): void;
  messages(): { put: readonly PutMessage[]; released: readonly NamedMessage[]; removed: readonly NamedMessage[] };
  subscriptions(): {
    put: readonly (InSession & { readonly subscription: KeptSubscription })[];
    removed: readonly (InSession & { readonly filter: string })[];
  };
  arrivals(): {
    put: readonly (InSession & { readonly arrival: KeptArrival })[];
    removed: readonly (InSession & { readonly packetId: number })[];
  };
};

type MessageChange = ({ readonly is: 'put' } & PutMessage) | ({ readonly is: 'released' | 'removed' } & NamedMessage);

/** Added in the order of the operations; what is read out does the same as they do one after the other. */
export const contentChanges = (): ContentChanges => {
  const messages = new Map<string, MessageChange>();
  const subscriptions = new Map<string, InSession & { filter: string; subscription: KeptSubscription | undefined }>();
  const arrivals = new Map<string, InSession & { packetId: number; arrival: KeptArrival | undefined }>();

  const release = (content: number, number: number): void => {
    const key = `${content} ${number}`;
    const before = messages.get(key);
    if (before === undefined) messages.set(key, { is: 'released', content, number });
    else if (before.is === 'put') messages.set(key, { ...before, released: true });
  };
  const subscribe = (content: number, filter: string, subscription: KeptSubscription | undefined): void =>
    void subscriptions.set(`${content} ${filter}`, { content, filter, subscription });
  const arrive = (content: number, packetId: number, arrival: KeptArrival | undefined): void =>
    void arrivals.set(`${content} ${packetId}`, { content, packetId, arrival });

  return {
    add: (content, change) => {
      switch (change.kind) {
        case 'subscribe':
          for (const one of change.subscriptions) subscribe(content, one.filter, one);
          return;
        case 'unsubscribe':
          for (const filter of change.filters) subscribe(content, filter, undefined);
          return;
        case 'enqueue': {
          const { message } = change;
          messages.set(`${content} ${message.number}`, { is: 'put', content, message, released: false });
          return;
        }
        case 'release':
          return release(content, change.number);
        case 'remove':
          messages.set(`${content} ${change.number}`, { is: 'removed', content, number: change.number });
          return;
        case 'arrive':
          return arrive(content, change.arrival.packetId, change.arrival);
        case 'complete':
          return arrive(content, change.packetId, undefined);
      }
    },
    messages: () => {
      const all = [...messages.values()];
      return {
        put: all.flatMap((one) => (one.is === 'put' ? [one] : [])),
        released: all.flatMap((one) => (one.is === 'released' ? [one] : [])),
        removed: all.flatMap((one) => (one.is === 'removed' ? [one] : [])),
      };
    },
    subscriptions: () => {
      const all = [...subscriptions.values()];
      return {
        put: all.flatMap(({ content, subscription }) => (subscription ? [{ content, subscription }] : [])),
        removed: all.filter(({ subscription }) => subscription === undefined),
      };
    },
    arrivals: () => {
      const all = [...arrivals.values()];
      return {
        put: all.flatMap(({ content, arrival }) => (arrival ? [{ content, arrival }] : [])),
        removed: all.filter(({ arrival }) => arrival === undefined),
      };
    },
  };
};
