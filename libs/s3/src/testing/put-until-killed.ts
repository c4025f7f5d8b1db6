/** A process that puts a large file until it is killed: `put-until-killed.ts <settings as JSON>`. Says `taken` once a part was. */
import { openS3Files } from '../s3-files.ts';
import type { S3FilesSettings } from '../settings.ts';

const settings = JSON.parse(process.argv[2] ?? '') as S3FilesSettings; // As the test that starts it wrote them.
const files = await openS3Files(settings);

const content = async function* (): AsyncGenerator<Uint8Array> {
  // Each is a part; the second is asked for when the first was cut off, and the third when the first was uploaded.
  for (let part = 0; part < 3; part += 1) yield Buffer.alloc(8_388_608, part);
  process.stdout.write('taken\n');
  process.stdin.resume();
  await new Promise(() => undefined);
};
await files.put('stuck', content(), { bytesMax: 100_000_000 });
