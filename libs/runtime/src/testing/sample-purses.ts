/** A small domain with rules, for tests of what decides, relays and folds decisions: purses that cannot be overdrawn. */
import {
  type AvroSchema,
  type Command,
  command,
  type Decider,
  decided,
  defineEvent,
  defineTopic,
  type EventDefinition,
  isEvent,
  newEvent,
  refused,
  reservingStreams,
  streamOf,
} from '@plenum/event';
import {
  buildOf,
  defineFold,
  defineProjection,
  defineTable,
  type InlineProjection,
  provenance,
  type Recorded,
  type RowOf,
} from '@plenum/read-model';
import { jsonCodec } from './json-codec.ts';

export const pursesTopic = defineTopic({
  name: 'test.purses',
  about: 'What was decided about purses.',
  keyedBy: 'purse',
  holds: 'decisions',
  partitions: 4,
});

type Coins = { readonly purse: string; readonly cents: number };

const declare = <Data extends { readonly purse: string }>(name: string): EventDefinition<Data> => {
  const schema: AvroSchema = { type: 'record', namespace: 'test', name };
  return defineEvent<Data>()({ topic: pursesTopic.name, key: ({ purse }) => purseStream(purse), schemas: [schema] });
};

export const purseStream = (purse: string): string => streamOf('purse', purse);

export const PurseOpened = declare<{ readonly purse: string }>('PurseOpened');
export const CoinsPut = declare<Coins>('CoinsPut');
export const CoinsTaken = declare<Coins>('CoinsTaken');

export const PurseLabelled = declare<{ readonly purse: string; readonly label: string }>('PurseLabelled');
/** With what was in it, which goes `to` another purse: see `sample-reaction.ts`. */
export const PurseClosed = declare<Coins & { readonly to: string }>('PurseClosed');

export const purseEvents = [PurseOpened, CoinsPut, CoinsTaken, PurseLabelled, PurseClosed];
export const pursesCodec = jsonCodec(purseEvents);

type Purse = { readonly open: boolean; readonly cents: number; readonly label: string };
export type PurseCommand =
  | { readonly do: 'open'; readonly purse: string }
  /** No two purses have one label; the empty one is none. */
  | { readonly do: 'label'; readonly purse: string; readonly label: string }
  | { readonly do: 'close'; readonly purse: string; readonly to: string }
  | { readonly do: 'put' | 'take'; readonly purse: string; readonly cents: number };

export const purseRules: Decider<Purse, PurseCommand> = {
  initial: { open: false, cents: 0, label: '' },
  decide: ({ open, cents, label }, asked) => {
    const { purse } = asked;
    if (asked.do === 'open') return open ? decided() : decided(newEvent(PurseOpened, { purse }));
    if (!open) return refused('not-found', 'There is no such purse.');
    if (asked.do === 'label') {
      return asked.label === label ? decided() : decided(newEvent(PurseLabelled, { purse, label: asked.label }));
    }
    if (asked.do === 'close') return decided(newEvent(PurseClosed, { purse, cents, to: asked.to }));
    if (asked.do === 'put') return decided(newEvent(CoinsPut, { purse, cents: asked.cents }));
    if (asked.cents > cents) return refused('not-now', `There are only ${cents} cents in it.`);
    return decided(newEvent(CoinsTaken, { purse, cents: asked.cents }));
  },
  evolve: (state, happened) => {
    if (isEvent(PurseOpened, happened)) return { ...state, open: true };
    if (isEvent(CoinsPut, happened)) return { ...state, cents: state.cents + happened.data.cents };
    if (isEvent(CoinsTaken, happened)) return { ...state, cents: state.cents - happened.data.cents };
    if (isEvent(PurseLabelled, happened)) return { ...state, label: happened.data.label };
    if (isEvent(PurseClosed, happened)) return { open: false, cents: 0, label: '' };
    return state;
  },
  reserves: ({ label }) => (label === '' ? [] : [`label:${label}`]),
  reservedReason: 'Another purse has this label.',
};

export const pursesReserving = [reservingStreams('purse', purseRules)];

export const purseCommand = (data: PurseCommand, more: Partial<Command<Purse, PurseCommand>> = {}): Command =>
  command({ name: `test.${data.do}`, stream: purseStream(data.purse), decider: purseRules, data, ...more });

/** From one purse to another, or neither. */
export const moveCoins = (from: string, to: string, cents: number): Command =>
  purseCommand({ do: 'take', purse: from, cents }, { also: () => [purseCommand({ do: 'put', purse: to, cents })] });

/** A label from one purse to another. */
export const moveLabel = (from: string, to: string, label: string): Command =>
  purseCommand(
    { do: 'label', purse: to, label },
    { also: () => [purseCommand({ do: 'label', purse: from, label: '' })] },
  );

/** So many cents are too many for `pursesInline`. */
export const centsTooMany = 1313;

/** Notes which event there was of which purse. */
export const pursesInline: InlineProjection = {
  schema: 'test_purses',
  steps: ['create table test_purses.note (id int generated always as identity, note text not null)'],
  tables: ['note'],
  statements: (event) => {
    if (isEvent(CoinsPut, event) && event.data.cents === centsTooMany) throw new Error('these are too many cents');
    const { stream, version } = event.decision;
    return [{ text: 'insert into test_purses.note (note) values ($1)', parameters: [`${stream} ${version}`] }];
  },
};

const about = 'For tests.';

const purses = defineTable({
  name: 'purses',
  about,
  columns: {
    ...provenance,
    purse: { type: 'text', about },
    cents: { type: 'bigint', about },
    stream_version: { type: 'integer', about },
  },
  key: ['purse'],
});

/** Every event of a purse names it. */
const purseOf = ({ event }: Recorded): string => (event.data as { readonly purse: string }).purse;

const changeOf = (event: Recorded['event']): bigint => {
  if (isEvent(CoinsPut, event)) return BigInt(event.data.cents);
  return isEvent(CoinsTaken, event) || isEvent(PurseClosed, event) ? -BigInt(event.data.cents) : 0n;
};

/** What is in every purse, fed by decisions alone. */
export const pursesProjection = buildOf(
  defineProjection<Recorded>({
    name: 'purses',
    version: 1,
    about,
    topics: [pursesTopic.name],
    streams: ['purse'],
    entry: (recorded) => recorded,
    folds: [
      defineFold<Recorded, RowOf<typeof purses>>({
        table: purses,
        keyOf: (recorded) => ({ purse: purseOf(recorded) }),
        fold: (row, recorded) => ({
          purse: purseOf(recorded),
          cents: (row?.cents ?? 0n) + changeOf(recorded.event),
          stream_version: recorded.event.decision?.version ?? 0,
          event_id: recorded.event.id,
          log_partition: recorded.partition,
          log_offset: recorded.offset,
        }),
      }),
    ],
  }),
);
