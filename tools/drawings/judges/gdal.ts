/** What GDAL has of a DXF, by its `ogrinfo`. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { CorpusCeiling } from '../corpus/ceilings.ts';
import { layoutFacts } from '../corpus/layout-facts.ts';
import { wantedEntities } from './judge-dxf.ts';

const run = promisify(execFile);

export const findGdal = async (): Promise<{ readonly version: string } | { readonly missing: string }> =>
  run('ogrinfo', ['--version']).then(
    ({ stdout }) => ({ version: stdout.trim() }),
    () => ({ missing: 'no ogrinfo on this machine' }),
  );

/** A dimension is as many features as it has lines; all else is one each. */
export const judgeByGdal = async (ceiling: CorpusCeiling, file: string): Promise<readonly string[]> => {
  const facts = layoutFacts(ceiling);
  const wanted = Object.entries(wantedEntities(facts)).reduce(
    (sum, [name, count]) => (name.startsWith('DIMENSIONS/') ? sum : sum + count),
    0,
  );
  try {
    const { stdout } = await run('ogrinfo', ['-ro', '-so', '-al', file, '-where', "Layer <> 'DIMENSIONS'"]);
    const found = /^Feature Count: (\d+)$/m.exec(stdout)?.[1];
    return Number(found) === wanted ? [] : [`GDAL has ${found ?? 'no'} features without dimensions, and not ${wanted}`];
  } catch (error) {
    return [`GDAL does not open it: ${(error as Error).message.slice(0, 300)}`]; // `execFile` rejects with nothing else.
  }
};
