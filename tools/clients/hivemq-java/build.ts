/**
 * The client program for Java. Its jars come from Maven Central, and are what `jars.sha256` says; one of them is the compiler, for
 * what Debian calls a Java runtime has none.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { silentLogger } from '@plenum/runtime/testing';
import { differences, digestsOf, parseDigests } from '../../../libs/local-kafka/src/checksums.ts';
import { download } from '../../../libs/local-kafka/src/fetch-release.ts';
import { findJava } from '../../../libs/local-kafka/src/java.ts';
import { builtProgram, clientsCache } from '../built-program.ts';

const release = {
  name: 'hivemq-mqtt-client-1.4.2',
  javaMin: 17,
  source: { kind: 'jars', artifacts: ['com.hivemq:hivemq-mqtt-client:1.4.2', 'org.eclipse.jdt:ecj:3.33.0'] },
} as const;

const source = path.join(import.meta.dirname, 'Client.java');
const digests = path.join(import.meta.dirname, 'jars.sha256');
const directory = path.join(clientsCache, release.name);

export type JavaClient =
  | { readonly command: readonly string[]; readonly skip: false }
  | { readonly command: undefined; readonly skip: string };

export const buildJavaClient = async (): Promise<JavaClient> => {
  const { built, skip } = await builtProgram('hivemq-java', [source, digests], async (folder) => {
    const java = await findJava(release.javaMin);
    const compiler = path.join(await fetchJars(), 'ecj-3.33.0.jar');
    await promisify(execFile)(java, ['-jar', compiler, '-17', '-cp', await classPath(), '-d', folder, source]);
  });
  if (built === undefined) return { command: undefined, skip };
  // A short run is over before the better of its two compilers is worth its time.
  const options = ['-XX:TieredStopAtLevel=1', '-cp', `${built}${path.delimiter}${await classPath()}`];
  return { command: [await findJava(release.javaMin), ...options, 'Client'], skip: false };
};

/** @throws LocalKafkaUnavailable without Maven; an error when a jar is not what it was. */
const fetchJars = async (): Promise<string> => {
  if (!existsSync(directory))
    await download(release, directory, { cacheDirectory: clientsCache, logger: silentLogger });
  const wrong = differences(await digestsOf(directory), parseDigests(await readFile(digests, 'utf8')));
  if (wrong.length > 0) throw new Error(`${release.name} is not what was expected: ${wrong.join('; ')}`);
  return directory;
};

const classPath = async (): Promise<string> =>
  (await readdir(directory)).map((jar) => path.join(directory, jar)).join(path.delimiter);
