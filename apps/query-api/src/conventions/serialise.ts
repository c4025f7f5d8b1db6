/**
 * Answers that are objects are written by the engine's own JSON.stringify (pages of rows as they were read are written from
 * their bytes, see `pages.ts`). Compiled serialisers, which Fastify would make of the response
 * schemas, take 2.5 times as long for a page of readings on this engine. What they would have ensured (that an answer is
 * what its schema says, no field more) the tests check of every answer they see.
 */
import type { FastifyInstance } from 'fastify';
import { writeJson } from '../database/kept-json.ts';

export const writeNatively = (app: FastifyInstance): void => {
  app.setSerializerCompiler(() => writeJson);
};
