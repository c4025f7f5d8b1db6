/** Where files are kept: exports, and whatever else is handed out. In a bucket where one is named, else in a folder. */
import path from 'node:path';
import { type Config, ConfigError, type Problem, text } from '@plenum/config';
import type { Files } from '@plenum/runtime';
import { s3FilesSettings, s3Settings } from '@plenum/s3/settings';

/** Spread into the settings of every app that keeps files or hands them out. */
export const filesSettings = {
  FILES_DIR: text({
    about:
      'The folder that exports are kept in, the same for all processes; `files` under PLENUM_DATA_DIR, unless set. With S3_BUCKET it is not used.',
    example: '/var/lib/plenum/files',
    optional: true,
  }),
  ...s3Settings,
};

export type FilesConfig = Config<typeof filesSettings> & { readonly PLENUM_DATA_DIR: string };

/**
 * @throws {ConfigError} when what is said of S3 does not fit together; TransientFailure when the disk is full, or disk or S3 are
 *   away; what S3 says where it has no such bucket, or refuses.
 */
export const openFiles = async (config: FilesConfig): Promise<Files> => {
  const problems = s3Problems(config);
  if (problems.length > 0) throw new ConfigError(problems);
  const s3 = s3FilesSettings(config);
  // Each has modules that are loaded only by who keeps files there.
  if (s3 !== undefined) return (await import('@plenum/s3')).openS3Files(s3);
  const { openLocalFiles } = await import('@plenum/files');
  return openLocalFiles({ folder: config.FILES_DIR ?? path.join(config.PLENUM_DATA_DIR, 'files') });
};

const s3Problems = (config: FilesConfig): readonly Problem[] => {
  const given = (name: keyof typeof s3Settings): boolean => config[name] !== undefined;
  const problems: Problem[] = [];
  const forBucket = ['S3_PREFIX', 'S3_ENDPOINT', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const;
  if (!given('S3_BUCKET') && forBucket.some(given)) {
    const others = forBucket.filter(given).join(' and ');
    problems.push({ name: 'S3_BUCKET', problem: `is missing: ${others} would be of no use without it.` });
  }
  if (given('S3_ACCESS_KEY_ID') !== given('S3_SECRET_ACCESS_KEY')) {
    const [name, other] = given('S3_ACCESS_KEY_ID')
      ? (['S3_SECRET_ACCESS_KEY', 'S3_ACCESS_KEY_ID'] as const)
      : (['S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const);
    problems.push({ name, problem: `is missing: it goes with ${other}.` });
  }
  if (config.S3_PREFIX?.endsWith('/') === false) {
    problems.push({ name: 'S3_PREFIX', problem: 'has to end with a slash.' });
  }
  return problems;
};
