/** The pages about topics, events and read models, from the catalogue. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { EventDefinition, PersonalFields, Topic } from '@plenum/event';
import {
  indexesOf,
  type Projection,
  repeatedGroups,
  streamVersionsView,
  type Table,
  tablesOf,
} from '@plenum/read-model';
import { type AvroNamed, dataType } from './avro-type.ts';
import { importFrom } from './import-from.ts';
import { code, page, table } from './markdown.ts';
import type { Generator } from './output.ts';

type Catalogue = {
  readonly topics: readonly Topic[];
  readonly events: readonly EventDefinition<never>[];
  readonly projections: readonly Projection[];
};

const source = 'libs/catalogue/src/index.ts';

export const catalogueReference: Generator = {
  name: 'catalogue',
  generate: async (root) => {
    if (!existsSync(path.join(root, source))) return [];
    const catalogue = await importFrom<Catalogue>(root, source);
    return [
      { path: 'docs/reference/topics.md', content: topicsPage(catalogue) },
      { path: 'docs/reference/events.md', content: eventsPage(catalogue) },
      { path: 'docs/reference/read-models.md', content: readModelsPage(catalogue) },
    ];
  },
};

const topicsPage = ({ topics, events }: Catalogue): string => {
  const sections = topics.flatMap((topic) => {
    const inside = events.filter((event) => event.topic === topic.name);
    return [
      `## ${code(topic.name)}`,
      topic.about,
      [
        `- Key: ${topic.keyedBy}`,
        `- Partitions: ${topic.partitions}, chosen by the murmur2 hash of the key`,
        `- Events: ${inside.map(({ type }) => `[${code(type)}](events.md#${anchor(type)})`).join(', ') || 'none yet'}`,
      ].join('\n'),
      table(
        ['broker setting', 'value'],
        Object.entries(topic.config).map(([name, value]) => [code(name), code(value)]),
      ),
    ];
  });
  return page('Topics', code(source), 'Where events are kept, for ever and in order of their key.', ...sections);
};

const eventsPage = ({ events }: Catalogue): string => {
  const sections = events.flatMap(({ type, topic, schemas, personal }) => {
    // A schema's type says little about its inside; the generator of the event types has read and checked it.
    const newest = schemas.at(-1) as unknown as Extract<AvroNamed, { readonly type: 'record' }>;
    return [
      `## ${code(type)}`,
      newest.doc ?? '',
      `Kept in [${code(topic)}](topics.md#${anchor(topic)}). Version ${schemas.length}; every version so far is still read.`,
      ...(personal === undefined ? [] : [aboutPersonal(personal)]),
      table(
        ['field', 'type', 'meaning'],
        newest.fields.map((field) => [code(field.name), code(dataType(field.type)), field.doc ?? '']),
      ),
    ];
  });
  return page('Events', `${code(source)} and ${code('schemas/')}`, 'What can be recorded.', ...sections);
};

const aboutPersonal = ({ person, fields }: PersonalFields): string =>
  `About a person, and encrypted under the key of the person that ${code(person)} names: ` +
  `${fields.map(code).join(', ')}. ` +
  'What that means is in [name a person](../how-to/name-a-person.md).';

const readModelsPage = ({ projections }: Catalogue): string => {
  const sections = projections.flatMap((projection) => [
    `## ${code(projection.name)}, version ${projection.version}`,
    projection.about,
    `Folded from ${projection.topics.map((topic) => `[${code(topic)}](topics.md#${anchor(topic)})`).join(', ')}.`,
    ...streamsOf(projection),
    ...tablesOf(projection)
      .filter(({ hidden }) => hidden !== true)
      .flatMap((each) => tableSection(each, each === projection.ledger)),
  ]);
  return page('Read models', code(source), 'What is derived from the events, and can be derived again.', ...sections);
};

/** What a projection of decisions keeps of its streams, in a table that all such projections have. */
const streamsOf = ({ name, streams }: Projection): readonly string[] =>
  streams === undefined
    ? []
    : [
        `Takes each version of a stream once, of these kinds: ${streams.map(code).join(', ')}. ` +
          `How far each stream is: ${code(`plenum.${streamVersionsView(name)}`)}.`,
      ];

const tableSection = (each: Table, isLedger: boolean): readonly string[] => {
  const indexes = indexesOf(each).map(({ on, unique }) => {
    const parts = on.map((part) => (typeof part === 'string' ? part : part.sql)).join(', ');
    return `${code(parts)}${unique === true ? ', which is unique' : ''}`;
  });
  const facts = [
    `- Key: ${code(each.key.join(', '))}`,
    ...(indexes.length > 0 ? [`- Also indexed by ${indexes.join('; ')}`] : []),
    ...(each.partitionedBy === undefined ? [] : [`- Partitioned by month of ${code(each.partitionedBy)}`]),
    ...repeatedGroups(each)
      .filter(({ columns }) => columns.length > 1)
      .map(({ columns }) => `- Values that repeat are kept once: ${columns.map(code).join(', ')}`),
    ...(isLedger ? ['- A ledger: rows are only added'] : []),
  ];
  const columns = Object.entries(each.columns).map(([name, { type, about, nullable }]) => [
    code(name),
    nullable ? `${type}, or null` : type,
    about,
  ]);
  const { schema, name } = each;
  const found = schema === undefined ? name : `${schema}.${name}`;
  return [`### ${code(found)}`, each.about, facts.join('\n'), table(['column', 'type', 'meaning'], columns)];
};

/** What a heading becomes in a link: lower case, without dots and quotes. */
const anchor = (heading: string): string => heading.toLowerCase().replace(/[^a-z0-9_-]/g, '');
