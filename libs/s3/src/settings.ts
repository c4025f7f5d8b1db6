/** Where files are kept on S3, as processes are told; apart from the rest, which loads the client of S3. */
import { type Config, text } from '@plenum/config';

/** Spread into the settings of every app that opens files. */
export const s3Settings = {
  S3_BUCKET: text({
    about: 'The bucket of S3 that files are kept in. Without it they are in a folder. It has to be there.',
    example: 'plenum-files',
    optional: true,
  }),
  S3_PREFIX: text({
    about: 'What the keys of all files in S3_BUCKET begin with, up to a slash.',
    example: 'plenum/',
    optional: true,
  }),
  S3_ENDPOINT: text({
    about:
      'Where a server that speaks S3 can be reached, when it is not that of Amazon. It has to know `If-None-Match`.',
    example: 'https://s3.example:7070',
    optional: true,
  }),
  S3_REGION: text({ about: 'The region of S3_BUCKET.', example: 'eu-central-1', fallback: 'us-east-1' }),
  S3_ACCESS_KEY_ID: text({
    about: 'Who Plenum is to S3. Without it, what the environment of the process says, as Amazon defines it.',
    example: 'plenum',
    optional: true,
  }),
  S3_SECRET_ACCESS_KEY: text({ about: 'The secret of S3_ACCESS_KEY_ID.', secret: true, optional: true }),
};

export type S3FilesSettings = {
  readonly bucket: string;
  /** Empty, or ends with a slash. */
  readonly prefix?: string;
  readonly endpoint?: string;
  readonly region: string;
  /** Both or none. */
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
};

/** `undefined` when there is to be no S3. */
export const s3FilesSettings = (config: Config<typeof s3Settings>): S3FilesSettings | undefined => {
  const { S3_BUCKET, S3_PREFIX, S3_ENDPOINT, S3_REGION, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = config;
  if (S3_BUCKET === undefined) return undefined;
  return {
    bucket: S3_BUCKET,
    region: S3_REGION,
    ...(S3_PREFIX !== undefined && { prefix: S3_PREFIX }),
    ...(S3_ENDPOINT !== undefined && { endpoint: S3_ENDPOINT }),
    ...(S3_ACCESS_KEY_ID !== undefined && { accessKeyId: S3_ACCESS_KEY_ID }),
    ...(S3_SECRET_ACCESS_KEY !== undefined && { secretAccessKey: S3_SECRET_ACCESS_KEY }),
  };
};
