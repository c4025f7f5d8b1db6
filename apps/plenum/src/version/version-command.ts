import { readFile } from 'node:fs/promises';
import { defineCommand } from '../command-line/command.ts';
import { flag } from '../command-line/options.ts';

/** In a clone and in an image alike, the one file that names the release. */
const manifest = new URL('../../../../package.json', import.meta.url);

export const version = defineCommand({
  name: 'version',
  summary: 'Print which version this is.',
  about: 'The version of package.json; `plenum --version` and `plenum -V` are the same. It reads no setting.',
  options: { json: flag('One JSON object on standard output, with the version of Node as well.') },
  examples: ['version', '--version'],
  readsSettings: false,
  run: async ({ json }, { out }) => {
    const text = await readFile(manifest, 'utf8');
    const { version: plenum } = JSON.parse(text) as { readonly version: string }; // npm refuses one without.
    await out(json ? `${JSON.stringify({ version: plenum, node: process.versions.node })}\n` : `plenum ${plenum}\n`);
    return 0;
  },
});
