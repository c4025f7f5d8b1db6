/**
 * What is handed out: a ceiling project is designed, priced and approved, its drawings and a few readings are asked for as
 * files, and each file is asked for twice, because the same request at the same position has the same bytes.
 */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Client, decide, type EndedExport, exportFile, fileBytes } from '../api/api-client.ts';

export type HandedOut = {
  readonly kind: string;
  readonly format: string;
  readonly sha256: string;
  /** Where the demonstration put it. */
  readonly file: string;
};

/** Simulated nodes hang 2.4 m apart in rows of twenty: eighteen of the first sixty are above this ceiling. */
const measurements = { length_mm: 12_000, width_mm: 7_200, perimeter_gap_mm: 200, panel_gap_mm: 50 };
const material = { material: 'acoustic_white', waste_factor: 0.15, labor_multiplier: 0.25 };

const documents = {
  dxf: 'ceiling_layout.dxf',
  svg: 'ceiling_layout.svg',
  pdf: 'ceiling_layout.pdf',
  txt: 'ceiling_report.txt',
  json: 'ceiling_project.json',
} as const;
const tables = { csv: 'readings.csv', parquet: 'readings.parquet' } as const;

export type Exported = { readonly files: readonly HandedOut[]; readonly problems: readonly string[] };

/** Puts the files into `folder`. @throws Error when one cannot be made; the reason of `stop`. */
export const handOut = async (client: Client, folder: string): Promise<Exported> => {
  await mkdir(folder, { recursive: true });
  const project = await decide(client, '/api/v1/ceilings', { name: 'Demonstration', measurements, material });
  await decide(client, `/api/v1/ceilings/${project}/layout`);
  await decide(client, `/api/v1/ceilings/${project}/approval`);
  const drawn = Object.entries(documents).map(([format, name]) =>
    take(client, folder, { name, first: { kind: 'ceiling', format, options: { project } }, again: () => ({}) }),
  );
  const listed = Object.entries(tables).map(([format, name]) =>
    take(client, folder, { name, first: { kind: 'readings', format }, again: ({ position }) => ({ as_of: position }) }),
  );
  const taken = await Promise.all([...drawn, ...listed]);
  return { files: taken.map(({ file }) => file), problems: taken.flatMap((one) => one.problems) };
};

type Wanted = {
  /** Of the file that it is put into. */
  readonly name: string;
  readonly first: { readonly kind: string; readonly format: string; readonly options?: object };
  /** What is asked for besides, the second time, for the same position. */
  readonly again: (first: EndedExport) => object;
};

type Taken = { readonly file: HandedOut; readonly problems: readonly string[] };

const take = async (client: Client, folder: string, { name, first: asked, again }: Wanted): Promise<Taken> => {
  const first = await exportFile(client, asked);
  const second = await exportFile(client, { ...asked, ...again(first) });
  const bytes = await fileBytes(client, first);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const what = `${asked.kind} as ${asked.format}`;
  const isOther = second.position === first.position && second.digest !== first.digest;
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  return {
    file: { kind: asked.kind, format: asked.format, sha256, file },
    problems: [
      ...(sha256 === first.digest ? [] : [`${what} is not the file whose digest was told`]),
      ...(isOther ? [`${what} at one position was made as two different files`] : []),
    ],
  };
};
