/** Events as they happen, to programs and to pages: Server-Sent Events. */
import { allows, type PresentedCredentials } from '@plenum/access';
import { insufficientScope } from '@plenum/access/problems';
import type { Actor } from '@plenum/event';
import { type Asked, defineRoute, identifier, liveAnswer, Problem, problems, query, type Route } from '@plenum/http';
import { Type } from 'typebox';
import type { OpenedStream } from '../../stream/open-stream.ts';
import { askedFor, type Chosen, type Texts } from './asked-for.ts';

export type StreamRoutesParts = { readonly stream: OpenedStream };

const valuesMax = 100;

/** One, or several when the parameter stands there several times. */
const texts = (description: string) =>
  Type.Optional(
    Type.Unsafe<Texts>({
      anyOf: [identifier(description), { type: 'array', items: identifier('One.'), maxItems: valuesMax }],
      description,
    }),
  );

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // nginx would keep it back until a buffer is full.
  'x-accel-buffering': 'no',
} as const;

export const streamRoutes = ({ stream }: StreamRoutesParts): readonly Route[] => {
  const { hub, kinds, projections, noteForbidden } = stream;
  const filters = [...new Set(kinds.flatMap((kind) => Object.keys(kind.filters)))].sort();
  const namesOf = (filter: string): string =>
    kinds.flatMap(({ kind, filters: own }) => (filter in own ? [`\`${kind}\``] : [])).join(', ');
  return [
    defineRoute({
      operationId: 'followEvents',
      method: 'GET',
      path: '/stream',
      access: 'identified',
      tags: ['stream'],
      summary: 'Events as they happen, and those that were missed since the last one',
      description: [
        'Every kind takes its permission, which is checked for every event:',
        ...kinds.map(({ kind, about, permission }) => `* \`${kind}\` (\`${permission}\`): ${about}`),
        'An event is of its kind, and its data are JSON with `type`, `event_id`, `effective_time`, `recorded_time` and `data`. ' +
          'From `ready` on everything comes that happens. `resync`: what was missed cannot be sent, so read again what you keep. ' +
          '`end`: why the stream ends. Each event comes in the order of its partition and once, wherever you go on.',
      ].join('\n'),
      querystring: query({
        kind: texts('Which kinds; at least one.'),
        type: texts('Only events of these types.'),
        model: Type.Optional(identifier('A read model that has to show an event before it is sent.')),
        last_event_id: Type.Optional(
          Type.String({ maxLength: 4_000, description: 'As the header `Last-Event-ID`, for what cannot send it.' }),
        ),
        ...Object.fromEntries(
          filters.map((name) => [name, texts(`Only with one of these values. For ${namesOf(name)}.`)] as const),
        ),
      }),
      answers: {
        200: {
          description: 'An endless answer of Server-Sent Events',
          content: { 'text/event-stream': { schema: Type.String() } },
        },
        ...problems(),
      },
      handle: ({ query: asked, identity, headers: sent, origin }) => {
        const chosen = askedFor({ kinds, projections, filters }, asked);
        const shown = identity === undefined ? undefined : presented(sent, origin);
        refuseForbidden(chosen, identity, (required) => {
          if (identity !== undefined && shown !== undefined) noteForbidden(shown, identity, required);
        });
        refuseWithoutRoom(hub.roomFor(identity?.id));
        const lastId = textOf(sent['last-event-id']) ?? asked.last_event_id;
        return liveAnswer(headers, (connection) => hub.join({ ...chosen, identity, shown, connection, lastId }));
      },
    }),
  ];
};

const refuseForbidden = ({ wanted }: Chosen, identity: Actor | undefined, note: (required: string) => void): void => {
  if (identity === undefined) return;
  const missing = wanted.kinds.find(({ permission }) => !allows(identity.permissions, permission));
  if (missing === undefined) return;
  const { kind, permission } = missing;
  note(permission);
  throw new Problem('forbidden', `Events of the kind ${kind} take the permission ${permission}.`, {
    headers: { 'www-authenticate': insufficientScope(permission) },
    extra: { permission },
  });
};

const retryAfter = { headers: { 'retry-after': '5' } } as const;

const refuseWithoutRoom = (room: ReturnType<OpenedStream['hub']['roomFor']>): void => {
  if (room === 'full') throw new Problem('unavailable', 'As many follow as this process serves.', retryAfter);
  if (room === 'too-many-of-one')
    throw new Problem('unavailable', 'You follow as often as one may. End a stream first.', retryAfter);
};

const textOf = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** What is looked at again for as long as the stream is open: the same that let it in. */
const presented = (sent: Asked['headers'], origin: Asked['origin']): PresentedCredentials => {
  const key = sent['x-api-key'];
  return {
    authorization: textOf(sent.authorization),
    apiKey: typeof key === 'object' ? key.join(', ') : key,
    ...origin,
  };
};
