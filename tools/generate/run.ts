/**
 * `npm run generate`: writes every file that is made from a declaration. With `--check` it writes nothing, says which
 * files differ from what would be written, and exits 1 if any does.
 */
import path from 'node:path';
import { type Generated, generateAll } from './generate-all.ts';

const root = path.resolve(import.meta.dirname, '../..');
const check = process.argv.includes('--check');
const { files, differences }: Generated = await generateAll(root, { write: !check });

for (const { path: file, difference } of differences) {
  process.stdout.write(check ? `${file}: ${difference}\n` : `${file}: written\n`);
}
const verdict = differences.length === 0 ? 'all current' : `${differences.length} ${check ? 'out of date' : 'written'}`;
process.stdout.write(`${files} generated files, ${verdict}\n`);
if (files === 0) process.stdout.write('Nothing was generated, so nothing was checked.\n');
if (files === 0 || (check && differences.length > 0)) process.exitCode = 1;
