/**
 * A process that puts files until it is killed: `put-until-killed.ts <folder> stuck|many`. Says `taken` once a part of the file
 * `stuck` was written, or the name of each file of many once it was put.
 */
import { openLocalFiles } from '../local-files.ts';

const [folder = '', what] = process.argv.slice(2);
const files = await openLocalFiles({ folder });
const say = (line: string): void => void process.stdout.write(`${line}\n`);

if (what === 'stuck') {
  const content = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(100_000, 1);
    say('taken');
    process.stdin.resume();
    await new Promise(() => undefined);
  };
  await files.put('stuck', content(), { bytesMax: 1_000_000 });
}
for (let n = 0; ; n += 1) {
  const content = async function* (): AsyncGenerator<Uint8Array> {
    for (let chunk = 0; chunk < 10; chunk += 1) yield Buffer.alloc(10_000, n + chunk);
  };
  await files.put(`many/${n}`, content(), { bytesMax: 1_000_000 });
  say(`many/${n}`);
}
