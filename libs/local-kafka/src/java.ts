/** Finds a Java runtime that is new enough. */
import { execFile } from 'node:child_process';
import { glob } from 'node:fs/promises';
import { promisify } from 'node:util';
import { LocalKafkaUnavailable } from './unavailable.ts';

const run = promisify(execFile);

/** Where the packages of Debian, Fedora and macOS put theirs. */
const usualPlaces = ['/usr/lib/jvm/*/bin/java', '/Library/Java/JavaVirtualMachines/*/Contents/Home/bin/java'];

/**
 * The program to start: the one that was given, else the first on the path, else any in the usual places.
 * @throws LocalKafkaUnavailable when none is of this major version or a later one.
 */
export const findJava = async (majorMin: number, given?: string): Promise<string> => {
  const seen: string[] = [];
  for await (const program of candidates(given)) {
    const major = await majorOf(program);
    if (major !== undefined && major >= majorMin) return program;
    if (major !== undefined) seen.push(`${program} is Java ${major}`);
  }
  throw new LocalKafkaUnavailable(
    `Java ${majorMin} or later was not found${seen.length > 0 ? `: ${seen.join(', ')}` : ''}`,
  );
};

async function* candidates(given: string | undefined): AsyncGenerator<string> {
  if (given !== undefined) {
    yield given;
    return;
  }
  yield 'java';
  for (const place of usualPlaces) yield* glob(place);
}

const majorOf = async (program: string): Promise<number | undefined> => {
  try {
    const { stderr } = await run(program, ['-version']);
    const version = /version "(?:1\.)?(\d+)/.exec(stderr)?.[1];
    return version === undefined ? undefined : Number(version);
  } catch {
    return undefined; // It is not there, or does not run: the next one may.
  }
};
