import { buffer } from 'node:stream/consumers';
import type { ExportFile } from '@plenum/runtime';

/** All bytes of a document. Documents are bounded by what can be drawn; rows are never read so. */
export const wholeFile = (file: ExportFile): Promise<Buffer> => buffer(file.read());
