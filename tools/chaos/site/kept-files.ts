/** Where a site keeps the files of exports: a folder of its own, or a server of S3 that can be killed. */
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { openLocalFiles } from '@plenum/files';
import { type Files, freePort } from '@plenum/runtime';
import { openS3Files } from '@plenum/s3';
import { findVersitygw, untilAnswered, versitygwOver } from '@plenum/s3/testing';
import { type Program, runProgram } from './program.ts';

export type KeptFiles = {
  /** What programs are told. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of S3. */
  readonly server: Program | undefined;
  /** The same files as programs see them. */
  open(): Promise<Files>;
  /** Whether one is being put at this moment; where nobody can see that, there is nothing to ask. */
  readonly isPutting: (() => Promise<boolean>) | undefined;
};

export const inFolder = (directory: string): KeptFiles => {
  const folder = path.join(directory, 'files');
  return {
    environment: { FILES_DIR: folder },
    server: undefined,
    open: () => openLocalFiles({ folder }),
    // Before the first file there is no such folder.
    isPutting: async () => (await readdir(path.join(folder, '@unfinished')).catch(() => [])).length > 0,
  };
};

/** @throws when there is no such server and it cannot be built. */
export const inS3 = async (directory: string, logs: string): Promise<KeptFiles & { readonly server: Program }> => {
  const { program, skip } = await findVersitygw();
  if (program === undefined) throw new Error(skip);
  const root = path.join(directory, 's3');
  await mkdir(root, { recursive: true });
  const { command, environment, settings } = await versitygwOver(root, program, await freePort());
  const server = runProgram({ name: 's3', command, environment, directory: logs });
  await untilAnswered(settings.endpoint);
  return {
    environment: {
      ...{ S3_BUCKET: settings.bucket, S3_ENDPOINT: settings.endpoint, S3_REGION: settings.region },
      ...{ S3_ACCESS_KEY_ID: settings.accessKeyId, S3_SECRET_ACCESS_KEY: settings.secretAccessKey },
    },
    server,
    open: () => openS3Files(settings),
    // What it is putting has no name yet.
    isPutting: undefined,
  };
};
