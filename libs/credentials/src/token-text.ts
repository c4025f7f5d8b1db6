/** What can be said of a signed token by its text alone, before anything in it is believed. */
import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';

/** A token of ours has some 600 characters; Node takes no more than 16 KiB of headers. */
const charactersMax = 8_192;

/**
 * Whether the text is a signed token, written in the one way it can be. Base64url has several spellings of the same
 * bytes, and a revoked token must not come back as another spelling of itself.
 */
export const isTokenText = (text: string): boolean => {
  if (text.length > charactersMax || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return false;
  const signature = text.slice(text.lastIndexOf('.') + 1);
  return Buffer.from(signature, 'base64url').toString('base64url') === signature;
};

/** 32 hexadecimal digits that stand for a token which brings no id of its own. */
export const digestId = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** What was signed. Of an ECDSA token everybody can make a second signature that holds; this part is the same in both. */
export const signedPart = (text: string): string => text.slice(0, text.lastIndexOf('.'));

/** Who a token says it is from. Nobody has checked it: it only says who should. */
export const claimedIssuer = (text: string): string | undefined => {
  if (!isTokenText(text)) return undefined;
  try {
    return decodeJwt(text).iss;
  } catch {
    return undefined; // Not a token, which is for the verifier to say.
  }
};
