/** Addresses of the replaced API server for what no one has asked for: they say so, and stay what they are. */
import { defineRoute, type Method, oldApiFailures, Problem, type Route, refuseVersion } from '@plenum/http';
import { Type } from 'typebox';
import { reading, writing } from './old-api.ts';

const unprovided: readonly (readonly [operationId: string, method: Method, path: string])[] = [
  ['apiOptimize', 'POST', '/calculate/optimize'],
  ['apiExportIfc', 'POST', '/exports/ifc'],
  ['apiExportSolid', 'POST', '/exports/3d'],
  ['apiDrawWithTool', 'POST', '/bim/tools/:tool'],
  ['apiDrawnWithTool', 'GET', '/bim/tools/:tool/:id'],
  ['apiEraseWithTool', 'DELETE', '/bim/tools/:tool/:id'],
  ['apiKitchen', 'POST', '/kitchen/calculate'],
  ['apiKitchenCost', 'POST', '/kitchen/cost-estimate'],
  ['apiModelExecute', 'POST', '/llm/execute'],
  ['apiModelTools', 'GET', '/llm/tools'],
  ['apiModelSchema', 'GET', '/llm/schema'],
  ['apiModelStatus', 'GET', '/llm/status'],
  ['apiModelGenerate', 'POST', '/llm/generate'],
  ['apiModels', 'GET', '/llm/models'],
  ['apiModelDesign', 'POST', '/llm/design/:what'],
];

const paramsOf = (path: string) =>
  Type.Object(
    Object.fromEntries([...path.matchAll(/:(\w+)/g)].map(([, name]) => [name, Type.String({ maxLength: 200 })])),
  );

export const notProvidedRoutes: readonly Route[] = unprovided.map(([operationId, method, path]) =>
  defineRoute({
    ...(method === 'GET'
      ? reading
      : { ...writing, unkeyed: 'It is never carried out, so that nothing is done twice.' }),
    ...{ operationId, method, path, summary: 'Not provided' },
    params: paramsOf(path),
    answers: oldApiFailures(501),
    handle: (asked) => {
      if (method !== 'GET') refuseVersion(asked);
      throw new Problem('not-provided', 'The replaced system had this address; what it stood for is not done here.');
    },
  }),
);
