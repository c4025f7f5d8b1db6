/** Which secrets are good enough to sign or encryption with. A start without a good one is refused, with what this says. */

/** HS256 and AES-256 are as strong as 32 bytes make them. */
const bytesMin = 32;

/** What example files, tutorials and the replaced systems have in its place. Anybody can sign with these. */
const placeholders =
  /change[-_ ]?(?:me|this|it|in[-_ ]?production)|replace[-_ ]?(?:me|this)|your[-_ ].*(?:secret|key)/i;
const published: ReadonlySet<string> = new Set(['a-string-secret-at-least-256-bits-long']);

/**
 * Why a text must not be used as a secret, to be read after the name of its setting: `is not set`, `is a known default`
 * and so on; `undefined` when it may. The text itself is never repeated.
 */
export const secretProblem = (secret: string | undefined): string | undefined => {
  if (secret === undefined || secret.trim() === '') return 'is not set';
  if (placeholders.test(secret) || published.has(secret)) return 'is a known default; set a random one';
  const sizeBytes = Buffer.byteLength(secret);
  if (sizeBytes < bytesMin) return `has ${sizeBytes} bytes; it needs ${bytesMin} or more`;
  return undefined;
};
