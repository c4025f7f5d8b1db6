/** What the API answers, as an OpenAPI document: `docs/reference/openapi.json`, from the schemas of its routes. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { importFrom } from './import-from.ts';
import type { Generator } from './output.ts';

const declaration = 'apps/query-api/src/openapi-document.ts';

type Declaration = { readonly openapiDocument: () => Promise<object> };

export const openapiReference: Generator = {
  name: 'openapi',
  generate: async (root) => {
    if (!existsSync(path.join(root, declaration))) return [];
    const { openapiDocument } = await importFrom<Declaration>(root, declaration);
    const content = `${JSON.stringify(await openapiDocument(), undefined, 2)}\n`;
    return [{ path: 'docs/reference/openapi.json', content }];
  },
};
