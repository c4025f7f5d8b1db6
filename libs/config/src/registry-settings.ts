/** Which schema registry, for every process that reads or writes a log whose records carry its ids. */
import { text, url } from './kinds.ts';

export const registrySettings = {
  SCHEMA_REGISTRY_URL: url({
    about:
      'The schema registry, by the base of its Confluent-compatible API. The log on Kafka takes its schema ids there.',
    example: 'http://localhost:8081/apis/ccompat/v7',
    schemes: ['http', 'https'],
    optional: true,
  }),
  SCHEMA_REGISTRY_USERNAME: text({
    about: 'Who asks the schema registry, where it wants to know.',
    example: 'plenum',
    optional: true,
  }),
  SCHEMA_REGISTRY_PASSWORD: text({
    about: 'The password of SCHEMA_REGISTRY_USERNAME.',
    secret: true,
    optional: true,
  }),
};
