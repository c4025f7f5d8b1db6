/** What a client follows, and finding the clients that follow an event without asking each of them. */
import type { StreamKind } from '@plenum/domain';
import type { Event } from '@plenum/event';

export type Wanted = {
  readonly kinds: readonly StreamKind[];
  /** Of these types alone; of every type of the kinds where it is empty. */
  readonly types: ReadonlySet<string>;
  /** By name of filter, the values of which an event must have one. Each is a filter of every kind. */
  readonly filters: ReadonlyMap<string, ReadonlySet<string>>;
};

/** The text that a filter compares with; `undefined` where the event has none. */
export const filteredValue = (kind: StreamKind, filter: string, { data }: Pick<Event, 'data'>): string | undefined => {
  let value: unknown = data;
  for (const name of kind.filters[filter] ?? [])
    value = (value as Readonly<Record<string, unknown>> | undefined)?.[name];
  return typeof value === 'string' ? value : undefined;
};

type Compared = Pick<Event, 'type' | 'data'>;

/** Whether an event of a kind that the client follows is one that it asked for. */
export const matches = ({ types, filters }: Wanted, kind: StreamKind, event: Compared): boolean => {
  if (types.size > 0 && !types.has(event.type)) return false;
  for (const [name, values] of filters) {
    const value = filteredValue(kind, name, event);
    if (value === undefined || !values.has(value)) return false;
  }
  return true;
};

/** The same of an event of any kind. */
export const wants = (wanted: Wanted, kind: StreamKind, event: Compared): boolean =>
  wanted.kinds.includes(kind) && matches(wanted, kind, event);

export type WantedIndex<Client extends { readonly wanted: Wanted }> = {
  add(client: Client): void;
  remove(client: Client): void;
  /** All that want this event, each once. */
  matching(kind: StreamKind, event: Compared): Iterable<Client>;
};

type Narrowest = { readonly filter: string; readonly values: ReadonlySet<string> };

/** Each client stands under the filter of fewest values, so an event meets those of its own values and of no filter. */
const narrowest = ({ filters }: Wanted): Narrowest | undefined => {
  let found: Narrowest | undefined;
  for (const [filter, values] of filters)
    if (found === undefined || values.size < found.values.size) found = { filter, values };
  return found;
};

export const wantedIndex = <Client extends { readonly wanted: Wanted }>(): WantedIndex<Client> => {
  type OfKind = { readonly all: Set<Client>; readonly by: Map<string, Map<string, Set<Client>>> };
  const kinds = new Map<string, OfKind>();

  const add = (client: Client): void => {
    const under = narrowest(client.wanted);
    for (const { kind } of client.wanted.kinds) {
      const own = kinds.getOrInsertComputed(kind, () => ({ all: new Set(), by: new Map() }));
      if (under === undefined) own.all.add(client);
      else {
        const values = own.by.getOrInsertComputed(under.filter, () => new Map());
        for (const value of under.values) values.getOrInsertComputed(value, () => new Set()).add(client);
      }
    }
  };
  const remove = (client: Client): void => {
    const under = narrowest(client.wanted);
    for (const { kind } of client.wanted.kinds) {
      const own = kinds.get(kind);
      own?.all.delete(client);
      const values = under && own?.by.get(under.filter);
      for (const value of under?.values ?? []) {
        const clients = values?.get(value);
        clients?.delete(client);
        if (clients?.size === 0) values?.delete(value);
      }
    }
  };
  return {
    add,
    remove,
    *matching(kind, event) {
      const own = kinds.get(kind.kind);
      if (own === undefined) return;
      for (const client of own.all) if (matches(client.wanted, kind, event)) yield client;
      for (const [filter, values] of own.by) {
        const value = filteredValue(kind, filter, event);
        if (value === undefined) continue;
        for (const client of values.get(value) ?? []) if (matches(client.wanted, kind, event)) yield client;
      }
    },
  };
};
