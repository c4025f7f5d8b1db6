/** What Compose passes on to each program, from the settings that it reads. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Settings } from '@plenum/config';
import { programsOfCompose, settingsFile, settingsYaml } from '../compose/passed-settings.ts';
import { importFrom } from './import-from.ts';
import type { Generator } from './output.ts';

export const composeSettings: Generator = {
  name: 'compose',
  generate: async (root) => {
    const there = Object.entries(programsOfCompose).filter(([, { source }]) => existsSync(path.join(root, source)));
    if (there.length === 0) return [];
    const programs = there.map(async ([name, { source, base }]) => {
      const { settings } = await importFrom<{ readonly settings: Settings }>(root, source);
      return [name, base, settings] as const;
    });
    return [{ path: settingsFile, content: settingsYaml(await Promise.all(programs)) }];
  },
};
