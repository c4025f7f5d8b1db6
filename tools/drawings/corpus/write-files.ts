import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CorpusCeiling } from './ceilings.ts';
import { type CeilingDrawings, drawingsOf, type Format, filesOf } from './files-of.ts';

/** Below a folder that is there. */
export const writeFiles = async (
  folder: string,
  ceiling: CorpusCeiling,
  drawings: CeilingDrawings = drawingsOf(ceiling),
): Promise<Readonly<Record<Format, string>>> => {
  const bytes = await filesOf(ceiling, drawings);
  const write = async (format: Format): Promise<string> => {
    const file = path.join(folder, `${ceiling.name}.${format}`);
    await writeFile(file, bytes[format]);
    return file;
  };
  return { dxf: await write('dxf'), svg: await write('svg'), pdf: await write('pdf') };
};
