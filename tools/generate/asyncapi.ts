/** What is on the topics, as an AsyncAPI 3 document: `docs/reference/asyncapi.json`, from the catalogue. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type AvroSchema, type EventDefinition, personalFieldsOf, type Topic } from '@plenum/event';
import { importFrom } from './import-from.ts';
import type { Generator } from './output.ts';

const source = 'libs/catalogue/src/index.ts';

type Catalogue = { readonly topics: readonly Topic[]; readonly events: readonly EventDefinition<never>[] };

export const asyncapiReference: Generator = {
  name: 'asyncapi',
  generate: async (root) => {
    if (!existsSync(path.join(root, source))) return [];
    const document = asyncapiDocument(await importFrom<Catalogue>(root, source));
    return [{ path: 'docs/reference/asyncapi.json', content: `${JSON.stringify(document, undefined, 2)}\n` }];
  },
};

/** Of AsyncAPI's Kafka binding, for servers, channels and messages alike. */
const bindingVersion = '0.5.0';

export const asyncapiDocument = ({ topics, events }: Catalogue): object => ({
  asyncapi: '3.0.0',
  info: {
    title: 'Plenum: the event log on Kafka',
    version: '1',
    description:
      'Every event that Plenum records, for consumers that read it at the source. A topic keeps everything for ever; the events of one key stay in order. Schemas are only added to, under FULL_TRANSITIVE compatibility: a reader that knows one version of an event reads them all.',
    license: { name: 'Apache-2.0' },
  },
  defaultContentType: 'application/avro',
  servers: {
    local: {
      host: 'localhost:9092',
      protocol: 'kafka',
      description: 'As docker-compose.yml publishes it. Schemas are in the registry beside it.',
      bindings: {
        kafka: {
          schemaRegistryUrl: 'http://localhost:8081/apis/ccompat/v7',
          schemaRegistryVendor: 'confluent',
          bindingVersion,
        },
      },
    },
  },
  channels: Object.fromEntries(topics.map((topic) => [topic.name, channel(topic, eventsOf(topic, events))])),
  operations: Object.fromEntries(topics.map((topic) => [`append.${topic.name}`, operation(topic)])),
  components: {
    messages: Object.fromEntries(
      topics.flatMap((topic) =>
        eventsOf(topic, events).flatMap((event) =>
          event.schemas.map((schema, index) => [messageName(event, index), message(topic, event, schema, index)]),
        ),
      ),
    ),
    messageTraits: { cloudEvent },
  },
});

const eventsOf = (topic: Topic, events: readonly EventDefinition<never>[]): readonly EventDefinition<never>[] =>
  events.filter((event) => event.topic === topic.name);

/** A log holds every version that was ever written, so each is a message of its own. */
const messageName = ({ type }: EventDefinition<never>, index: number): string => `${type}.v${index + 1}`;

const channel = (topic: Topic, events: readonly EventDefinition<never>[]): object => ({
  address: topic.name,
  description: `${topic.about} Keyed by ${topic.keyedBy}. The partition is the murmur2 hash of the key, as the Java client and librdkafka's murmur2 partitioner compute it.`,
  messages: Object.fromEntries(
    events
      .flatMap((event) => event.schemas.map((_, index) => messageName(event, index)))
      .map((name) => [name, { $ref: `#/components/messages/${name}` }]),
  ),
  bindings: {
    kafka: {
      topic: topic.name,
      partitions: topic.partitions,
      topicConfiguration: {
        ...topic.config,
        'cleanup.policy': topic.config['cleanup.policy'].split(','),
        'retention.ms': Number(topic.config['retention.ms']),
        'max.message.bytes': Number(topic.config['max.message.bytes']),
        'min.insync.replicas': Number(topic.config['min.insync.replicas']),
        'unclean.leader.election.enable': topic.config['unclean.leader.election.enable'] === 'true',
      },
      bindingVersion,
    },
  },
});

const operation = ({ name, about }: Topic): object => ({
  action: 'send',
  channel: { $ref: `#/channels/${name}` },
  summary: `Plenum appends: ${about}`,
});

const message = (topic: Topic, event: EventDefinition<never>, schema: AvroSchema, index: number): object => ({
  name: event.type,
  title: `${schema.name}, version ${index + 1}`,
  ...('doc' in schema && typeof schema.doc === 'string' ? { summary: schema.doc } : {}),
  ...aboutPersonal(schema),
  contentType: 'application/avro',
  traits: [{ $ref: '#/components/messageTraits/cloudEvent' }],
  payload: { schemaFormat: 'application/vnd.apache.avro+json;version=1.9.0', schema },
  bindings: {
    kafka: {
      key: { type: 'string', description: topic.keyedBy },
      schemaIdLocation: 'payload',
      schemaIdPayloadEncoding: 'confluent',
      // A subject is the topic's name and the event's, so that a topic may hold several events.
      schemaLookupStrategy: 'TopicRecordNameStrategy',
      bindingVersion,
    },
  },
});

/** Of each version by itself: one may have named people before its fields were personal. */
const aboutPersonal = (schema: AvroSchema): object => {
  const personal = personalFieldsOf(schema);
  if (personal === undefined) return {};
  const { person, fields } = personal;
  return {
    description: `Encrypted under the key of the person that ${person} names, and opaque without it: ${fields.join(', ')}. No bytes at all: erased.`,
  };
};

const text = (description: string, rest: object = {}): object => ({ type: 'string', description, ...rest });

/** As `@plenum/avro` writes them; a test holds the two together. */
const cloudEvent = {
  headers: {
    type: 'object',
    description: 'CloudEvents 1.0 in binary mode.',
    required: ['ce_specversion', 'ce_type', 'ce_source', 'ce_id', 'ce_time', 'content-type'],
    properties: {
      ce_specversion: text('The version of CloudEvents.', { const: '1.0' }),
      ce_type: text('Which event it is: the name of the message here.'),
      ce_source: text('Where it was said: the MQTT topic, or the stream that decided it.'),
      ce_id: text('The same for ever and on every copy: two records with one id are one event.', { format: 'uuid' }),
      ce_time: text('When it counts as having happened. The time of the record is when Plenum took it.', {
        format: 'date-time',
      }),
      'content-type': text('What the value is.', { const: 'application/avro' }),
      traceparent: text('The trace it belongs to, as W3C Trace Context has it.'),
      ce_correlationid: text('The request that led to it.'),
      ce_causationid: text('The event that led to it.'),
      mqttuserproperties: text(
        'User properties of the MQTT 5 message: a JSON array of [name, value], in the order in which they were sent.',
        { contentMediaType: 'application/json' },
      ),
    },
  },
};
