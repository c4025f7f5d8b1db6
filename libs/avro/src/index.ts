export { avroCodec } from './avro-codec.ts';
export { fingerprintIds } from './schema-ids.ts';
