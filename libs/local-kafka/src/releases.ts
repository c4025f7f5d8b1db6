/**
 * What can be run locally, and where Maven Central has it. Every file that is ever put on a class path is listed with
 * its digest in `checksums/`: an artifact that changed, or one more than expected, is refused.
 */

export type KafkaVersion = '4.1.1' | '3.9.1';

/** The version everything is tested with first; the other is the last line that still speaks every old protocol. */
export const kafkaVersionUsual: KafkaVersion = '4.1.1';

export const kafkaVersions: readonly KafkaVersion[] = ['4.1.1', '3.9.1'];

export type Release = {
  /** Names the folder in the cache and the file of checksums. */
  readonly name: string;
  /** The major version of Java that its classes are compiled for. */
  readonly javaMin: number;
  readonly source: MavenSource;
};

export type MavenSource =
  /** Artifacts with everything they need at run time, as `group:artifact:version`: a folder of jars. */
  | { readonly kind: 'jars'; readonly artifacts: readonly string[] }
  /** One packed distribution, as `group:artifact:version:type:classifier`. */
  | { readonly kind: 'archive'; readonly artifact: string };

/** The broker. slf4j-simple writes its log to stderr on every version; no further logging backend is needed. */
export const kafkaRelease = (version: KafkaVersion): Release => ({
  name: `kafka-${version}`,
  javaMin: 17,
  source: { kind: 'jars', artifacts: [`org.apache.kafka:kafka_2.13:${version}`, 'org.slf4j:slf4j-simple:1.7.36'] },
});

export type RegistryVersion = '3.3.3' | '2.6.13.Final';

const apicurio = (version: RegistryVersion, javaMin: number): Release => ({
  name: `registry-${version}`,
  javaMin,
  source: { kind: 'archive', artifact: `io.apicurio:apicurio-registry-app:${version}:tar.gz:all` },
});

/** Apicurio 3.3 is compiled for Java 21; 2.6 is the last line that runs on 17. Both have the Confluent-compatible API. */
export const registryReleases: Readonly<Record<RegistryVersion, Release>> = {
  '3.3.3': apicurio('3.3.3', 21),
  '2.6.13.Final': apicurio('2.6.13.Final', 17),
};
