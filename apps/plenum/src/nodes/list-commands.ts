/** `plenum nodes list` and `plenum nodes show`: what is decided about nodes, beside what they say of themselves. */
import type { Enrolment } from '@plenum/device';
import { late } from '../access/about.ts';
import { usual } from '../access/options.ts';
import { defineCommand } from '../command-line/command.ts';
import { optionalChoice, optionalText, requiredText } from '../command-line/options.ts';

const states = ['enrolled', 'disabled', 'removed', 'none'] as const;

export const nodesList = defineCommand({
  name: 'nodes list',
  summary: 'Say which nodes there are, and how each signs in.',
  about: `Also those that said something and were never enrolled. ${late}`,
  options: {
    state: optionalChoice(states, { about: 'Only those in this state.', otherwise: 'all' }),
    zone: optionalText('Only those enrolled in this zone.', 'ZONE'),
    ...usual,
  },
  examples: ['nodes list', 'nodes list --state none --json'],
  run: async ({ state, zone, log, json }, surroundings) => {
    const [{ allPages, list }, { enrolmentReads }] = await load();
    return list<Enrolment>(
      {
        ...{ log, json, what: 'nodes', columns },
        rows: ({ sql }) =>
          allPages((last, limit) => enrolmentReads(sql).page({ state, zone, afterNode: last?.node_id, limit })),
      },
      surroundings,
    );
  },
});

export const nodesShow = defineCommand({
  name: 'nodes show',
  summary: 'Say what is decided about a node, and what it says of itself.',
  about: late,
  options: { node: requiredText('Which, by its id.', 'ID'), ...usual },
  examples: ['nodes show --node node_1 --json'],
  run: async ({ node, log, json }, surroundings) => {
    const [{ list }, { enrolmentReads }] = await load();
    let isThere = false;
    const code = await list<Enrolment>(
      {
        ...{ log, json, what: 'nodes', columns: { ...columns, ...more } },
        rows: async ({ sql }) => {
          const found = await enrolmentReads(sql).byId(node);
          isThere = found !== undefined;
          return found === undefined ? [] : [found];
        },
      },
      surroundings,
    );
    return isThere ? code : 1;
  },
});

/** Loaded when it is wanted: the list of commands is shown without all of this. */
const load = () => Promise.all([import('../access/listing.ts'), import('@plenum/device')]);

type Shown = Readonly<Record<string, (row: Enrolment) => string>>;

const columns: Shown = {
  node: ({ node_id }) => node_id,
  state: ({ state }) => (state === 'none' ? 'not enrolled' : state),
  zone: ({ zone }) => zone ?? '',
  keys: ({ keys }) => idsOf(keys).join(', '),
  certificate: ({ certificate }) => certificate ?? '',
  differs: ({ differs }) => differs.join(', '),
  'last seen': ({ last_seen }) => last_seen ?? 'never',
  version: ({ stream_version }) => (stream_version === null ? '' : String(stream_version)),
};

const more: Shown = {
  sensors: ({ sensors }) => (Array.isArray(sensors) ? sensors.join(', ') : ''),
  firmware: ({ firmware_version }) => firmware_version ?? '',
};

const idsOf = (keys: unknown): readonly string[] =>
  // As the projection writes them.
  ((keys ?? []) as readonly { readonly key_id: string }[]).map(({ key_id }) => key_id);
