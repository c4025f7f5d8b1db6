/** The requests that are made here, with their errors translated. A request is tried three times by the client itself. */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { FileGone } from '@plenum/runtime';
import { isMissing, isTaken, refuse, translateS3Error } from './s3-errors.ts';
import type { S3FilesSettings } from './settings.ts';
import { abortable, type Stoppable, uploadsOf } from './uploads.ts';

export type Metadata = Readonly<Record<string, string>>;

export type Listed = { readonly key: string; readonly lastModifiedMs: number };

export type Bucket = ReturnType<typeof openBucket>;

export const openBucket = ({ bucket: Bucket, ...settings }: S3FilesSettings) => {
  const client = new S3Client(clientSettings(settings));
  return {
    put: async (Key: string, Body: Uint8Array, how: Stoppable & { readonly metadata?: Metadata } = {}) => {
      const { metadata: Metadata = {} } = how;
      await client
        .send(new PutObjectCommand({ Bucket, Key, Body, Metadata, ContentLength: Body.byteLength }), abortable(how))
        .catch(refuse);
    },
    /** Whether nothing was there before. @throws TransientFailure also when somebody else writes there at this moment. */
    putFirst: async (Key: string, Metadata: Metadata): Promise<boolean> => {
      const command = new PutObjectCommand({ Bucket, Key, ...empty, Metadata, IfNoneMatch: '*' });
      return client.send(command).then(
        () => true,
        (error: unknown) => (isTaken(error) ? false : refuse(error)),
      );
    },
    metadataOf: (Key: string): Promise<Metadata | undefined> =>
      client.send(new HeadObjectCommand({ Bucket, Key })).then(
        ({ Metadata = {} }) => Metadata,
        (error: unknown) => (isMissing(error) ? undefined : refuse(error)),
      ),
    /** The first byte, and the last. @throws FileGone when there is nothing of this key. */
    read: async (Key: string, [first, last]: readonly [number, number]): Promise<AsyncIterable<Uint8Array>> => {
      const { Body } = await client
        .send(new GetObjectCommand({ Bucket, Key, Range: `bytes=${first}-${last}` }))
        .catch((error: unknown) => {
          throw isMissing(error) ? new FileGone(Key) : translateS3Error(error);
        });
      return Body as unknown as AsyncIterable<Uint8Array>; // In Node it is a Readable.
    },
    remove: async (Key: string): Promise<void> => {
      await client
        .send(new DeleteObjectCommand({ Bucket, Key }))
        .catch((error: unknown) => (isMissing(error) ? undefined : refuse(error)));
    },
    /** In the order of their bytes, page by page. */
    list: async function* (Prefix: string, StartAfter?: string): AsyncGenerator<readonly Listed[], void> {
      let token: string | undefined;
      do {
        const from = {
          ...(StartAfter !== undefined && { StartAfter }),
          ...(token !== undefined && { ContinuationToken: token }),
        };
        const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix, ...from })).catch(refuse);
        yield (page.Contents ?? []).map(({ Key = '', LastModified }) => ({
          key: Key,
          lastModifiedMs: LastModified?.getTime() ?? Number.POSITIVE_INFINITY,
        }));
        token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      } while (token !== undefined);
    },
    ...uploadsOf(client, Bucket),
  };
};

const empty = { Body: new Uint8Array(), ContentLength: 0 };

const clientSettings = ({ endpoint, region, accessKeyId, secretAccessKey }: Omit<S3FilesSettings, 'bucket'>) => ({
  region,
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
  ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
  ...(accessKeyId !== undefined && secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
});
