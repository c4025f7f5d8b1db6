/** Brings a release from Maven Central into the cache, once, with the ordinary `mvn`; checks it at every start. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Logger } from '@plenum/runtime';
import { differences, digestsOf, expectedDigests } from './checksums.ts';
import type { Release } from './releases.ts';
import { LocalKafkaUnavailable } from './unavailable.ts';

const run = promisify(execFile);
const outputBytesMax = 16 * 1024 * 1024;

/** Exactly this one: what a distribution's Maven has by default is years old and behaves differently. */
const dependencyPlugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1';

/** In the working tree, where the other caches are. */
export const cacheDirectoryUsual = path.resolve(import.meta.dirname, '../../../.cache/kafka');

export type FetchSettings = { readonly cacheDirectory: string; readonly logger: Logger };

/** The cached files are not what was committed. Nothing of them was run. */
export class ReleaseChanged extends Error {
  constructor(release: string, directory: string, found: readonly string[]) {
    super(`${release} in ${directory} is not what was expected, so it is not run: ${found.join('; ')}`);
    this.name = 'ReleaseChanged';
  }
}

/**
 * The folder that holds the release: fetched if it is not there, verified either way.
 * @throws LocalKafkaUnavailable when Maven is missing or cannot get it; ReleaseChanged when a digest differs.
 */
export const fetchRelease = async (release: Release, settings: FetchSettings): Promise<string> => {
  const directory = path.join(settings.cacheDirectory, release.name);
  const there = await stat(directory).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!there) await download(release, directory, settings);
  const wrong = differences(await digestsOf(directory), await expectedDigests(release.name));
  if (wrong.length > 0) throw new ReleaseChanged(release.name, directory, wrong);
  return directory;
};

/** Downloads beside the place and moves at the end, so that a folder that is there is whole. */
export const download = async (
  release: Release,
  directory: string,
  { cacheDirectory, logger }: FetchSettings,
): Promise<void> => {
  await mkdir(cacheDirectory, { recursive: true });
  const beside = await mkdtemp(path.join(cacheDirectory, `${release.name}.part-`));
  try {
    logger.info({ release: release.name }, 'fetching from Maven Central');
    const files = path.join(beside, 'files');
    await mkdir(files);
    if (release.source.kind === 'jars') await copyJars(release.source.artifacts, beside, files);
    else await unpack(release.source.artifact, beside, files);
    await rename(files, directory).catch(async (error: unknown) => {
      // Another process was faster; its folder is verified like ours.
      if (!(await stat(directory).catch(() => undefined))) throw error;
    });
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
};

const copyJars = async (artifacts: readonly string[], work: string, target: string): Promise<void> => {
  const pom = path.join(work, 'pom.xml');
  await writeFile(pom, pomOf(artifacts));
  await maven([
    '-f',
    pom,
    `${dependencyPlugin}:copy-dependencies`,
    '-DincludeScope=runtime',
    `-DoutputDirectory=${target}`,
  ]);
};

const unpack = async (artifact: string, work: string, target: string): Promise<void> => {
  // In a folder without a pom, so that Maven does not read one of ours.
  await maven([`${dependencyPlugin}:copy`, `-Dartifact=${artifact}`, `-DoutputDirectory=${work}`], work);
  const archive = (await readdir(work)).find((name) => name.endsWith('.tar.gz'));
  if (archive === undefined) throw new LocalKafkaUnavailable(`Maven brought no archive for ${artifact}`);
  await run('tar', ['-xzf', path.join(work, archive), '-C', target]);
};

const maven = async (args: readonly string[], cwd?: string): Promise<void> => {
  try {
    await run('mvn', ['-B', '-q', ...args], { maxBuffer: outputBytesMax, ...(cwd !== undefined && { cwd }) });
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const output = cause instanceof Error && 'stdout' in cause ? String(cause.stdout) : '';
    const reason = missing ? 'Maven (mvn) was not found' : `Maven could not fetch it: ${firstError(output)}`;
    throw new LocalKafkaUnavailable(reason, { cause });
  }
};

const firstError = (output: string): string =>
  output
    .split('\n')
    .find((line) => line.includes('[ERROR]'))
    ?.replace(/^.*\[ERROR\]\S* /, '') ?? 'it gave no reason';

const pomOf = (artifacts: readonly string[]): string => `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>plenum.local</groupId>
  <artifactId>broker</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
${artifacts.map(dependencyOf).join('\n')}
  </dependencies>
</project>
`;

const dependencyOf = (artifact: string): string => {
  const [group = '', name = '', version = ''] = artifact.split(':');
  return `    <dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`;
};
