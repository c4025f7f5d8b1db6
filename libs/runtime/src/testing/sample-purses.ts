/** A small domain with rules, for tests of what decides, relays and folds decisions: purses that cannot be overdrawn. */
import {
  type AvroSchema,
  type Decider,
  decided,
  defineEvent,
  defineTopic,
  type EventDefinition,
  fact,
  isFact,
  refused,
} from '@plenum/event';
import {
  defineFold,
  defineProjection,
  provenance,
  type Recorded,
  type VersionedRow,
  versioned,
} from '@plenum/read-model';
import { type Ask, ask } from '../decision/decide-command.ts';
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

export const purseStream = (purse: string): string => `purse-${purse}`;

export const PurseOpened = declare<{ readonly purse: string }>('PurseOpened');
export const CoinsPut = declare<Coins>('CoinsPut');
export const CoinsTaken = declare<Coins>('CoinsTaken');

export const pursesCodec = jsonCodec([PurseOpened, CoinsPut, CoinsTaken]);

type Purse = { readonly open: boolean; readonly cents: number };
type PurseCommand =
  | { readonly do: 'open'; readonly purse: string }
  | { readonly do: 'put' | 'take'; readonly purse: string; readonly cents: number };

export const purseRules: Decider<Purse, PurseCommand> = {
  initial: { open: false, cents: 0 },
  decide: ({ open, cents }, command) => {
    const { purse } = command;
    if (command.do === 'open') return open ? decided() : decided(fact(PurseOpened, { purse }));
    if (!open) return refused('not-found', 'There is no such purse.');
    if (command.do === 'put') return decided(fact(CoinsPut, { purse, cents: command.cents }));
    if (command.cents > cents) return refused('not-now', `There are only ${cents} cents in it.`);
    return decided(fact(CoinsTaken, { purse, cents: command.cents }));
  },
  evolve: (state, happened) => {
    if (isFact(PurseOpened, happened)) return { ...state, open: true };
    if (isFact(CoinsPut, happened)) return { ...state, cents: state.cents + happened.data.cents };
    if (isFact(CoinsTaken, happened)) return { ...state, cents: state.cents - happened.data.cents };
    return state;
  },
};

export const askPurse = (command: PurseCommand, more: Partial<Ask<Purse, PurseCommand>> = {}): Ask =>
  ask({ stream: purseStream(command.purse), decider: purseRules, command, ...more });

/** From one purse to another, or neither. */
export const moveCoins = (from: string, to: string, cents: number): Ask =>
  askPurse({ do: 'take', purse: from, cents }, { also: () => [askPurse({ do: 'put', purse: to, cents })] });

type PurseEntry = Recorded & { readonly version: number };
export type PurseRow = VersionedRow & {
  readonly purse: string;
  readonly cents: bigint;
  readonly event_id: string;
  readonly log_partition: number;
  readonly log_offset: bigint;
};

const about = 'For tests.';

const purses = versioned<PurseEntry, PurseRow>({
  table: {
    name: 'purses',
    about,
    columns: {
      ...provenance,
      purse: { type: 'text', about },
      cents: { type: 'bigint', about },
      stream_version: { type: 'integer', about },
    },
    key: ['purse'],
  },
  // Every fact of a purse names it.
  keyOf: ({ event }) => ({ purse: (event.data as { readonly purse: string }).purse }),
  fold: (row, { event, partition, offset, version }) => ({
    purse: (event.data as { readonly purse: string }).purse,
    cents: (row?.cents ?? 0n) + changeOf(event),
    stream_version: version,
    event_id: event.id,
    log_partition: partition,
    log_offset: offset,
  }),
});

const changeOf = (event: Recorded['event']): bigint => {
  if (isFact(CoinsPut, event)) return BigInt(event.data.cents);
  return isFact(CoinsTaken, event) ? -BigInt(event.data.cents) : 0n;
};

/** What is in every purse, fed by decisions alone. */
export const pursesProjection = defineProjection<PurseEntry>({
  name: 'purses',
  version: 1,
  about,
  topics: [pursesTopic.name],
  entry: (recorded) => {
    const { decision } = recorded.event;
    return decision && { ...recorded, version: decision.version };
  },
  folds: [defineFold(purses)],
});
