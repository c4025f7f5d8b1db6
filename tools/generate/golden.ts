/** Golden bytes of new versions of events, beside their schemas. Those that are there stay as they are: they are in logs. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { EventDefinition } from '@plenum/event';
import { importFrom } from './import-from.ts';
import type { Generator } from './output.ts';

type Kit = {
  readonly goldenFile: (type: string, version: number) => string;
  readonly newGolden: (definition: EventDefinition<never>) => object;
};

const kit = 'libs/avro/src/testing/golden.ts';
const catalogue = 'libs/catalogue/src/index.ts';

export const goldenBytes: Generator = {
  name: 'golden',
  generate: async (root) => {
    if (![kit, catalogue].every((file) => existsSync(path.join(root, file)))) return [];
    const { goldenFile, newGolden } = await importFrom<Kit>(root, kit);
    const { events } = await importFrom<{ readonly events: readonly EventDefinition<never>[] }>(root, catalogue);
    return events.flatMap((definition) =>
      definition.schemas.flatMap((_, index) => {
        const file = goldenFile(definition.type, index + 1);
        if (existsSync(path.join(root, file))) return [];
        const isNewest = index + 1 === definition.schemas.length;
        if (!isNewest)
          throw new Error(`${file} is gone: only the newest version is ever written, so nothing makes it again`);
        return [{ path: file, content: `${JSON.stringify(newGolden(definition), undefined, 2)}\n` }];
      }),
    );
  },
};
