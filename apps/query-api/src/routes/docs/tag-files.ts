/** Strong `ETag`s for the page to try the API and for its files. What serves them tags them by their time and size. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { digestTag, tagged } from '../../conventions/etag.ts';
import { pathOf } from '../../conventions/methods.ts';

/** For everything that is added in this scope from now on. */
export const tagFiles = (app: FastifyInstance): void => {
  const fileTag = fileTags(
    path.join(path.dirname(fileURLToPath(import.meta.resolve('@fastify/swagger-ui'))), 'static'),
  );
  app.addHook('onSend', async (request, reply, payload) => {
    // What serves files says 304 by itself to some.
    const isKnown = reply.statusCode === 304;
    if (reply.statusCode !== 200 && !isKnown) return payload;
    const file = /\/static\/([\w.-]+)$/.exec(pathOf(request.url))?.[1];
    const tag = (file && (await fileTag(file))) ?? textTag(payload);
    if (tag === undefined) return payload;
    reply.removeHeader('last-modified').header('cache-control', 'no-cache');
    if (!tagged(reply, tag) && !isKnown) return payload;
    if (payload instanceof Readable) payload.destroy();
    return null; // What Fastify takes for "no body".
  });
};

/** Of what is made here, and not read from a file. */
const textTag = (payload: unknown): string | undefined =>
  typeof payload === 'string' || Buffer.isBuffer(payload) ? digestTag(payload) : undefined;

/** Each is read once, when it is first asked for: they are those of a package. `undefined` where there is no such file. */
const fileTags = (directory: string): ((name: string) => Promise<string | undefined>) => {
  const tags = new Map<string, Promise<string | undefined>>();
  const read = async (name: string): Promise<string | undefined> => {
    try {
      return digestTag(await readFile(path.join(directory, name)));
    } catch {
      return undefined;
    }
  };
  return (name) => tags.getOrInsertComputed(name, read);
};
