/** What admission is told: secrets that others could sign or read with are refused before anything is opened. */
import { type Config, int, type Kind, setting, text } from '@plenum/config';
import { secretProblem, urlProblem } from '@plenum/credentials';

const secret: Kind<string> = {
  expected: 'a random text of 32 bytes or more, and none that examples have',
  parse: (written) => (secretProblem(written) === undefined ? written : undefined),
  format: (value) => value,
};

/** As in `iss`, which has no slash at its end. */
const issuer: Kind<string> = {
  expected: 'a URL that begins with https:// (http:// on this machine)',
  parse: (written) => {
    const url = written.trim().replace(/\/+$/, '');
    return urlProblem(url) === undefined ? url : undefined;
  },
  format: (value) => value,
};

const domain: Kind<string> = {
  expected: 'a host name',
  parse: (written) => {
    const name = written.trim().toLowerCase();
    return /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name) ? name : undefined;
  },
  format: (value) => value,
};

const whereKept = 'The same for all processes; without DATABASE_URL one is made and kept under PLENUM_DATA_DIR.';

export const admissionSettings = {
  JWT_SECRET: setting(secret, {
    about: `Signs the tokens of whoever logs in. ${whereKept}`,
    secret: true,
  }),
  JWT_SECRET_PREVIOUS: setting(secret, {
    about: 'The former JWT_SECRET: tokens signed with it stay good for their day.',
    secret: true,
    optional: true,
  }),
  PLENUM_MASTER_KEY: setting(secret, {
    about: `Seals what passwords and API keys are checked against. Keep a copy where the database is not. ${whereKept}`,
    secret: true,
  }),
  PLENUM_MASTER_KEY_PREVIOUS: setting(secret, {
    about: 'The former PLENUM_MASTER_KEY: opens what was sealed with it.',
    secret: true,
    optional: true,
  }),
  OIDC_ISSUER: setting(issuer, {
    about: 'The identity provider whose tokens are taken, as in `iss`. Without it, https:// and ZITADEL_DOMAIN.',
    example: 'https://acme.zitadel.cloud',
    optional: true,
  }),
  ZITADEL_DOMAIN: setting(domain, {
    about: 'The Zitadel instance whose tokens are taken.',
    example: 'acme.zitadel.cloud',
    optional: true,
  }),
  ZITADEL_CLIENT_ID: text({
    about: 'The client that tokens have to be for, as in `aud`. An identity provider needs it.',
    example: '3311@fiberq',
    optional: true,
  }),
  ZITADEL_PROJECT_ID: text({ about: 'The project whose roles count too.', example: '3300', optional: true }),
  API_RATE_LIMIT_STRANGERS: int({
    about: 'Requests a minute from one address without a credential that is good.',
    fallback: 60,
    min: 1,
  }),
};

export type AdmissionConfig = Config<typeof admissionSettings>;
