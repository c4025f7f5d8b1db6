/** Objects that are written part by part: nothing is found of them before the end. */
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { isMissing, refuse } from './s3-errors.ts';

export type Stoppable = { readonly stop?: AbortSignal | undefined };

export const abortable = ({ stop }: Stoppable) => (stop === undefined ? {} : { abortSignal: stop });

export type Upload = {
  add(part: Uint8Array, how: Stoppable): Promise<void>;
  end(): Promise<void>;
};

export const uploadsOf = (client: S3Client, Bucket: string) => ({
  beginUpload: async (Key: string): Promise<Upload> => {
    const command = new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm });
    const { UploadId } = await client.send(command).catch(refuse);
    const parts: CompletedPart[] = [];
    const upload = { Bucket, Key, UploadId };
    return {
      add: async (Body, how) => {
        const PartNumber = parts.length + 1;
        const adding = new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumAlgorithm });
        const { ETag, ChecksumCRC32 } = await client.send(adding, abortable(how)).catch(refuse);
        parts.push({ ETag, PartNumber, ...(ChecksumCRC32 !== undefined && { ChecksumCRC32 }) });
      },
      end: async () => {
        const ending = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } });
        await client.send(ending).catch(refuse);
      },
    };
  },
  /** All of this key that were begun and not ended. */
  abortUploads: async (Key: string): Promise<void> => {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key })).catch(refuse);
    for (const { UploadId, Key: key } of Uploads) {
      if (key !== Key) continue;
      await client
        .send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
        .catch((error: unknown) => (isMissing(error) ? undefined : refuse(error)));
    }
  },
});

/** Of every part, so that one that was changed on the way is refused. */
const ChecksumAlgorithm = 'CRC32';
