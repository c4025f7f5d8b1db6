import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { plant } from '../check/plant-tree.ts';
import { unreadSettings } from './setting-readers.ts';
import { composeFile, readSettings } from './settings.ts';

const root = path.resolve(import.meta.dirname, '../..');

describe('every app', () => {
  it('reads the settings that it declares, and so is rightly named by the page', async () => {
    const declared = (await readSettings(root)).filter(([reader]) => reader !== composeFile);
    assert.ok(declared.length >= 4);
    for (const [app, settings] of declared) assert.deepEqual(unreadSettings(root, app, Object.keys(settings)), [], app);
  });
});

it('a setting that is declared, handed on and talked about is not read by that', (t) => {
  const tree = plant(t, {
    'apps/one/package.json': '{ "dependencies": { "@plenum/two": "*", "pg": "1" } }',
    'apps/one/src/config.ts': [
      "export const settings = { TALKED: int({ about: 'Not OTHER.' }), HANDED: processSettings.HANDED, OTHER: text({}) };",
      '/** TALKED is read. */',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code that is looked at, with a template in it.
      "const said = 'TALKED' + `HANDED ${config.SHOWN}`;",
    ].join('\n'),
    'apps/one/src/read.test.ts': 'config.OTHER;',
    'libs/two/package.json': '{}',
    'libs/two/src/open.ts': 'const open = ({ TAKEN }: Config) => TAKEN;',
  });
  const declared = ['TALKED', 'HANDED', 'OTHER', 'SHOWN', 'TAKEN'];
  assert.deepEqual(unreadSettings(tree, 'one', declared), ['TALKED', 'HANDED', 'OTHER']);
});
