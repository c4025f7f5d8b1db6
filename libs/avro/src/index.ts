export { avroCodec } from './avro-codec.ts';
export { fingerprintIds, type SchemaIds, type SchemaVersion } from './schema-ids.ts';
