import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type Cutting = {
  readonly file: string;
  readonly picture: string;
  readonly dpi: number;
  /** In pixels, from the upper left corner of the first page. */
  readonly cutting: readonly [left: number, top: number, width: number, height: number];
};

export const findPoppler = (): Promise<boolean> =>
  run('pdftoppm', ['-v']).then(
    () => true,
    () => false,
  );

export const cutByPoppler = async ({ file, picture, dpi, cutting }: Cutting): Promise<void> => {
  const [x, y, width, height] = cutting.map(String) as [string, string, string, string]; // As many as there were.
  const place = ['-x', x, '-y', y, '-W', width, '-H', height];
  await run('pdftoppm', ['-png', '-singlefile', '-r', String(dpi), ...place, file, picture.replace(/\.png$/, '')]);
};
