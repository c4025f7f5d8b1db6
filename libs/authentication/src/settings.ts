/** The settings of authentication: secrets that others could sign or read with are refused before anything is opened. */
import { type Config, int, type Kind, setting } from '@plenum/config';
import { secretProblem, urlProblem } from '@plenum/credentials';
import { defaultOrganisation, isOrganisation } from '@plenum/event';

const secret: Kind<string> = {
  expected: 'a random text of 32 bytes or more, and none that examples have',
  parse: (written) => (secretProblem(written) === undefined ? written : undefined),
  format: (value) => value,
};

/**
 * As in `iss`, letter by letter: providers compare it exactly, and so do we. Some end it in a slash, and some do not. What
 * no issuer has is refused (OpenID Connect Discovery 1.0, section 3).
 */
const issuer: Kind<string> = {
  expected: 'a URL that begins with https:// (http:// on this machine), without query and fragment',
  parse: (written) => {
    const url = written.trim();
    return urlProblem(url) === undefined && !/[?#]/.test(url) ? url : undefined;
  },
  format: (value) => value,
};

/** What is compared with what others wrote: spaces around it come from copying, and are in nobody's. */
const exactly: Kind<string> = {
  expected: 'a text without spaces',
  parse: (written) => (/^\S+$/.test(written.trim()) ? written.trim() : undefined),
  format: (value) => value,
};

const organisation: Kind<string> = {
  expected: '1 to 63 lower-case letters, digits and hyphens',
  parse: (written) => (isOrganisation(written.trim()) ? written.trim() : undefined),
  format: (value) => value,
};

/** Stands for no audience at all, since an empty value is one that is not set. */
export const noAudience = 'none';

const domain: Kind<string> = {
  expected: 'a host name',
  parse: (written) => {
    const name = written.trim().toLowerCase();
    return /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name) ? name : undefined;
  },
  format: (value) => value,
};

const whereKept = 'The same for all processes; without DATABASE_URL one is made and kept under PLENUM_DATA_DIR.';

export const authenticationSettings = {
  JWT_SECRET: setting(secret, {
    about: `Signs the tokens of users who log in. ${whereKept}`,
    secret: true,
  }),
  JWT_SECRET_PREVIOUS: setting(secret, {
    about: 'The former JWT_SECRET: tokens signed with it stay good for their day.',
    secret: true,
    optional: true,
  }),
  PLENUM_MASTER_KEY: setting(secret, {
    about: `Encrypts what passwords and API keys are checked against. Keep a copy where the database is not. ${whereKept}`,
    secret: true,
  }),
  PLENUM_MASTER_KEY_PREVIOUS: setting(secret, {
    about: 'The former PLENUM_MASTER_KEY: opens what was encrypted with it.',
    secret: true,
    optional: true,
  }),
  JWT_AUDIENCE: setting(exactly, {
    about:
      'The `aud` of the tokens that Plenum signs, and that they have to have. `none`: they have no `aud`, for clients of the replaced systems, whose libraries refuse a token with one.',
    fallback: 'plenum',
  }),
  OIDC_ISSUER: setting(issuer, {
    about:
      'The identity provider whose tokens are taken, exactly as in `iss`: with a slash at its end where the provider has one. Without it, https:// and ZITADEL_DOMAIN.',
    example: 'https://acme.zitadel.cloud',
    optional: true,
  }),
  OIDC_ORGANISATION: setting(organisation, {
    about: 'The organisation that everybody belongs to whom the identity provider vouches for.',
    fallback: defaultOrganisation,
  }),
  ZITADEL_DOMAIN: setting(domain, {
    about: 'The Zitadel instance whose tokens are taken.',
    example: 'acme.zitadel.cloud',
    optional: true,
  }),
  ZITADEL_CLIENT_ID: setting(exactly, {
    about: 'The client that tokens have to be for, as in `aud`. An identity provider needs it.',
    example: '3311@fiberq',
    optional: true,
  }),
  ZITADEL_PROJECT_ID: setting(exactly, {
    about: 'The project whose roles count too.',
    example: '3300',
    optional: true,
  }),
  API_RATE_LIMIT_STRANGERS: int({
    about: 'Requests a minute from one address without a credential that is good.',
    fallback: 60,
    min: 1,
  }),
};

export type AuthenticationConfig = Config<typeof authenticationSettings>;
