/**
 * Events on the write side: what names a person is encrypted between deciding and appending, and decrypted between loading
 * and evolving. Of events without such fields nothing is touched, and nobody is asked for a key.
 */
import {
  type EventDefinition,
  erasedPersonal,
  type Personal,
  type PersonalPlace,
  personal,
  personalValues,
  personOf,
  withPersonal,
} from '@plenum/event';
import type { Sql } from '@plenum/read-model';
import { type FoundKey, PersonalUnreadable } from './found-key.ts';
import type { PersonKeys } from './person-keys.ts';

export type PersonalParts = {
  readonly fields: PersonalFieldsByType;
  readonly keys: PersonKeys;
  /** Called with every value that is there and cannot be read. */
  readonly unreadable?: (value: UnreadableValue) => void;
};

export type UnreadableValue = {
  readonly person: string;
  readonly place: PersonalPlace;
  /** `locked`: the key cannot be used. `tampered`: the value is not what was encrypted for this place. */
  readonly why: 'locked' | 'tampered';
};

/** Of every event that has personal fields. Made once. */
export type PersonalFieldsByType = ReadonlyMap<string, NonNullable<EventDefinition<never>['personal']>>;

export const personalFieldsByType = (definitions: readonly EventDefinition<never>[]): PersonalFieldsByType =>
  new Map(definitions.flatMap(({ type, personal: fields }) => (fields === undefined ? [] : [[type, fields] as const])));

type AnyEvent = { readonly type: string; readonly data: unknown };

export type EncryptedEvents<E> = {
  readonly events: readonly E[];
  /** As `KeysForWriting.keep`: run it in the transaction that records the events. Absent when it would do nothing. */
  readonly keep?: (sql: Sql) => Promise<void>;
};

/**
 * The events as they may be recorded.
 * @throws PersonalUnreadable when a person's key cannot be used, or a value could not be decrypted before and is to be
 *   recorded again; TransientFailure.
 */
export const encryptEvents = async <E extends AnyEvent>(
  events: readonly E[],
  { fields, keys }: PersonalParts,
): Promise<EncryptedEvents<E>> => {
  const persons = personsOf(events, fields, ({ state }) => state === 'plain');
  const writing = persons.length === 0 ? undefined : await keys.keysFor(persons);
  const encrypted = events.map((event) => {
    const declared = fields.get(event.type);
    return withPersonal(declared, event, (value, place) => {
      if (value.state === 'erased') return value;
      if (value.state === 'encrypted') throw new PersonalUnreadable(unread(place));
      // There is a value, so its fields are declared, and so are all persons of plain values.
      const person = personOf(declared as NonNullable<typeof declared>, event.data);
      const key = writing?.keyFor(person);
      if (key === undefined) throw new Error(`there is no key for ${place.type}.${place.field}`);
      return { state: 'encrypted', bytes: key.encrypt(place, value.text) };
    });
  });
  return writing === undefined ? { events: encrypted } : { events: encrypted, keep: writing.keep };
};

/**
 * The events as rules see them. What a lost key encrypted is erased. What cannot be read though its key is there stays
 * encrypted: it is not lost, and no rule may take it for erased and record it so. @throws TransientFailure
 */
export const decryptEvents = async <E extends AnyEvent>(
  events: readonly E[],
  { fields, keys, unreadable }: PersonalParts,
): Promise<readonly E[]> => {
  const persons = personsOf(events, fields, ({ state }) => state === 'encrypted');
  if (persons.length === 0) return events;
  const found = await keys.keysOf(persons);
  return events.map((event) => {
    const declared = fields.get(event.type);
    if (declared === undefined) return event;
    const person = personOf(declared, event.data);
    return withPersonal(declared, event, (value, place) => {
      const read = decrypted(value, found.get(person), [place]);
      if (read.why !== undefined) unreadable?.({ person, place, why: read.why });
      return read.value;
    });
  });
};

const unread = ({ type, field }: PersonalPlace): string =>
  `the value for ${type}.${field} is still encrypted, for the event it was read from`;

const personsOf = (
  events: readonly AnyEvent[],
  byType: PersonalFieldsByType,
  wanted: (value: Personal) => boolean,
): readonly string[] => {
  const persons = new Set<string>();
  for (const { type, data } of events) {
    const fields = byType.get(type);
    if (fields === undefined) continue;
    if (personalValues(fields, data).some(([, value]) => wanted(value))) persons.add(personOf(fields, data));
  }
  return [...persons];
};

/** A value as far as it can be read: it may have been encrypted for any of these places. */
export const decrypted = (
  value: Personal,
  found: FoundKey | undefined,
  places: readonly PersonalPlace[],
): { readonly value: Personal; readonly why?: UnreadableValue['why'] } => {
  if (value.state !== 'encrypted') return { value };
  if (found === undefined) return { value: erasedPersonal };
  if (found.outcome === 'locked') return { value, why: 'locked' };
  for (const place of places) {
    const read = found.key.decrypt(place, value.bytes);
    if (read.outcome === 'decrypted') return { value: personal(read.text) };
    if (read.outcome === 'other-key') return { value: erasedPersonal };
  }
  return { value, why: 'tampered' };
};
