/** The requests that are made here, with their errors translated. A request is tried three times by the client itself. */
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { FileGone } from '@plenum/runtime';
import { isMissing, isTaken, translateS3Error } from './s3-errors.ts';
import type { S3FilesSettings } from './settings.ts';

export type Metadata = Readonly<Record<string, string>>;

export type Listed = { readonly key: string; readonly lastModifiedMs: number };

export type Bucket = ReturnType<typeof openBucket>;

type Stoppable = { readonly stop?: AbortSignal | undefined };

export const openBucket = ({ bucket: Bucket, ...settings }: S3FilesSettings) => {
  const client = new S3Client(clientSettings(settings));
  const abortable = ({ stop }: Stoppable) => (stop === undefined ? {} : { abortSignal: stop });
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
    beginUpload: async (Key: string): Promise<Upload> => {
      const { UploadId } = await client
        .send(new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm }))
        .catch(refuse);
      const parts: CompletedPart[] = [];
      const upload = { Bucket, Key, UploadId };
      return {
        add: async (Body, how) => {
          const PartNumber = parts.length + 1;
          const { $metadata: _, ...part } = await client
            .send(new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumAlgorithm }), abortable(how))
            .catch(refuse);
          parts.push({ ETag: part.ETag, PartNumber, ...checksums(part) });
        },
        end: async () => {
          await client
            .send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } }))
            .catch(refuse);
        },
      };
    },
    /** All that were begun and not ended. */
    abortUploads: async (Key: string): Promise<void> => {
      const { Uploads = [] } = await client
        .send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }))
        .catch(refuse);
      for (const { UploadId, Key: key } of Uploads) {
        if (key !== Key) continue;
        await client
          .send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
          .catch((error: unknown) => (isMissing(error) ? undefined : refuse(error)));
      }
    },
  };
};

export type Upload = {
  add(part: Uint8Array, how: Stoppable): Promise<void>;
  end(): Promise<void>;
};

const empty = { Body: new Uint8Array(), ContentLength: 0 };

/** Of every part, so that one that was changed on the way is refused. */
const ChecksumAlgorithm = 'CRC32';

/** What S3 wants to hear again of a part. */
const checksums = ({ ChecksumCRC32 }: { readonly ChecksumCRC32?: string | undefined }) =>
  ChecksumCRC32 === undefined ? {} : { ChecksumCRC32 };

const clientSettings = ({ endpoint, region, accessKeyId, secretAccessKey }: Omit<S3FilesSettings, 'bucket'>) => ({
  region,
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
  ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
  ...(accessKeyId !== undefined && secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
});

const refuse = (error: unknown): never => {
  throw translateS3Error(error);
};
