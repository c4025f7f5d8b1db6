/** Tokens that nobody should take, and some that everybody should: signed by hand, so that anything can be wrong in them. */
import { createHmac } from 'node:crypto';

export type Claims = Readonly<Record<string, unknown>>;

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** HS256, whatever the claims; the header may claim something else. */
export const hs256 = (claims: Claims, secret: string | Uint8Array, header: Claims = {}): string => {
  const signed = `${part({ alg: 'HS256', typ: 'JWT', ...header })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
};

/** Claims that nobody signed. */
export const unsigned = (claims: Claims): string => `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;

export const claimsOf = (token: string): Claims => {
  const [, payload = ''] = token.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims; // Made by us a moment ago.
};

/** The same token with other claims under the old signature. */
export const tampered = (token: string, claims: Claims): string => {
  const [header = '', , signature = ''] = token.split('.');
  return `${header}.${part({ ...claimsOf(token), ...claims })}.${signature}`;
};
