/**
 * Credential hashes as text: what a secret is checked against. None of it is ever kept in the clear: the text is encrypted
 * before it is recorded, under the subject's name.
 */

/**
 * PBKDF2-HMAC-SHA256 of a password. The salt is text and is hashed as UTF-8; the hash is 64 lower-case hexadecimal
 * digits. Hashes of the replaced system are the same with 100,000 iterations and 64 hexadecimal digits as salt.
 */
export type PasswordHash = { readonly iterations: number; readonly salt: string; readonly hash: string };

/** `pbkdf2-sha256$600000$<salt>$<hash>` */
export const formatPasswordHash = ({ iterations, salt, hash }: PasswordHash): string =>
  `pbkdf2-sha256$${iterations}$${salt}$${hash}`;

const passwordPattern = /^pbkdf2-sha256\$([1-9][0-9]{0,8})\$([0-9A-Za-z+/=_-]{16,128})\$([0-9a-f]{64})$/;

/** `undefined` when it is not one. */
export const parsePasswordHash = (text: string): PasswordHash | undefined => {
  const [, iterations, salt, hash] = passwordPattern.exec(text) ?? [];
  if (iterations === undefined || salt === undefined || hash === undefined) return undefined;
  return { iterations: Number(iterations), salt, hash };
};

/** `sha256$<64 lower-case hexadecimal digits>`: of the API key's 64 characters. */
export const formatKeyHash = (sha256Hex: string): string => `sha256$${sha256Hex}`;

/** The digits, or `undefined` when it is not one. */
export const parseKeyHash = (text: string): string | undefined => /^sha256\$([0-9a-f]{64})$/.exec(text)?.[1];
