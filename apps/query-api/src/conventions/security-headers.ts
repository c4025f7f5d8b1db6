/** What asks browsers to be careful with an answer. Chosen by @fastify/helmet, which is kept up to date with them. */
import helmet from '@fastify/helmet';
import Fastify from 'fastify';

/**
 * Asked of the plugin once, at the start, and sent with every answer: in each request it would put the same texts
 * together again and wait for promises, and answers to what is not HTTP do not pass through it.
 */
export const securityHeaders = async (): Promise<Readonly<Record<string, string>>> => {
  const asked = Fastify();
  await asked.register(helmet, {
    // Answers are data: nothing in them is to be run, or shown in a frame. The page to try it brings a policy of its own.
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    // Of browsers that nobody has any more, and of formats that this is not.
    ...{ xDownloadOptions: false, xPermittedCrossDomainPolicies: false, xDnsPrefetchControl: false },
  });
  asked.get('/', async () => '');
  const { headers } = await asked.inject('/');
  await asked.close();
  const own = new Set(['content-type', 'content-length', 'date', 'connection']);
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (own.has(name) ? [] : [[name, String(value)]])),
  );
};
