/** Where files are kept: exports, and whatever else is handed out. */
import path from 'node:path';
import { type Config, text } from '@plenum/config';
import { openLocalFiles } from '@plenum/files';
import type { Files } from '@plenum/runtime';

/** Spread into the settings of every app that keeps files or hands them out. */
export const filesSettings = {
  FILES_DIR: text({
    about:
      'The folder that exports are kept in, the same for all processes; `files` under PLENUM_DATA_DIR, unless set.',
    example: '/var/lib/plenum/files',
    optional: true,
  }),
};

export type FilesConfig = Config<typeof filesSettings> & { readonly PLENUM_DATA_DIR: string };

/** @throws TransientFailure when the disk is full or away. */
export const openFiles = ({ FILES_DIR, PLENUM_DATA_DIR }: FilesConfig): Promise<Files> =>
  openLocalFiles({ folder: FILES_DIR ?? path.join(PLENUM_DATA_DIR, 'files') });
