import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfigError, type Environment, readConfig } from '@plenum/config';
import { TransientFailure } from '@plenum/runtime';
import { silentLogger } from '@plenum/runtime/testing';
import { openAuthentication, tokenAudienceOf } from './open-authentication.ts';
import { authenticationSettings } from './settings.ts';
import { newSecret } from './testing/index.ts';

const good = { JWT_SECRET: newSecret(), PLENUM_MASTER_KEY: newSecret() };

const complaintsOf = (environment: Environment): readonly string[] => {
  try {
    readConfig(authenticationSettings, environment);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    for (const [name, value = ''] of Object.entries(environment)) {
      if (!authenticationSettings[name as keyof typeof authenticationSettings].secret) continue; // Only names of them are given.
      assert.ok(!error.message.includes(value), `${name} is in the complaint`);
    }
    return error.problems.map(({ name }) => name);
  }
};

/** Nothing is opened before the settings are right, so there need not be anything. */
const openingFails = async (environment: Environment): Promise<string> => {
  const absent = async (): Promise<never> => {
    throw new TransientFailure('away', 'something was asked');
  };
  const parts = {
    config: readConfig(authenticationSettings, { ...good, ...environment }),
    database: { sql: absent, transact: absent, listen: () => assert.fail('something was listened to') },
    limiter: { take: absent },
    holds: { hold: absent },
    store: {
      load: absent,
      loadAll: absent,
      answered: absent,
      append: absent,
      askedUnder: absent,
      rememberRequest: absent,
    },
    log: { append: absent },
    codec: { encode: () => assert.fail(), decode: () => assert.fail(), learn: absent },
    personal: undefined,
    logger: silentLogger,
    givable: [],
  };
  const error = await openAuthentication(parts).then(
    () => assert.fail('it was opened'),
    (reason: unknown) => reason,
  );
  if (error instanceof ConfigError) return error.problems.map(({ name }) => name).join();
  return error instanceof TransientFailure ? error.code : 'another error';
};

describe('tokens', () => {
  it('have an audience, unless none is wanted', () => {
    const audienceOf = (JWT_AUDIENCE: string) =>
      tokenAudienceOf(readConfig(authenticationSettings, { ...good, JWT_AUDIENCE }));
    assert.deepEqual(['', 'none', ' site-7 '].map(audienceOf), ['plenum', undefined, 'site-7']);
    assert.deepEqual(complaintsOf({ ...good, JWT_AUDIENCE: 'two words' }), ['JWT_AUDIENCE']);
  });

  it('of an identity provider are for the client, whatever stands around its id', () => {
    const { ZITADEL_CLIENT_ID } = readConfig(authenticationSettings, { ...good, ZITADEL_CLIENT_ID: ' 33@x\t' });
    assert.equal(ZITADEL_CLIENT_ID, '33@x');
  });
});

describe('authentication is not opened', () => {
  it('without secrets, with short ones, or with those of the examples', () => {
    assert.deepEqual(complaintsOf(good), []);
    assert.deepEqual(complaintsOf({}), ['JWT_SECRET', 'PLENUM_MASTER_KEY']);
    for (const bad of ['short', 'CHANGE-ME-IN-PRODUCTION', 'change-me-in-production-please-0123456789']) {
      assert.deepEqual(complaintsOf({ ...good, JWT_SECRET: bad }), ['JWT_SECRET'], bad);
      assert.deepEqual(complaintsOf({ ...good, JWT_SECRET_PREVIOUS: bad }), ['JWT_SECRET_PREVIOUS'], bad);
      assert.deepEqual(complaintsOf({ ...good, PLENUM_MASTER_KEY: bad }), ['PLENUM_MASTER_KEY'], bad);
      assert.deepEqual(complaintsOf({ ...good, PLENUM_MASTER_KEY_PREVIOUS: bad }), ['PLENUM_MASTER_KEY_PREVIOUS'], bad);
    }
    assert.deepEqual(complaintsOf({ ...good, OIDC_ISSUER: 'http://idp.example' }), ['OIDC_ISSUER']);
    assert.deepEqual(complaintsOf({ ...good, ZITADEL_DOMAIN: 'https://acme.example/' }), ['ZITADEL_DOMAIN']);
  });

  it('with an issuer that is none, and takes every other as it is written', () => {
    const issuerOf = (OIDC_ISSUER: string) => readConfig(authenticationSettings, { ...good, OIDC_ISSUER }).OIDC_ISSUER;
    for (const issuer of ['https://acme.example', 'https://acme.example/', 'https://ID.acme.example/a/b/']) {
      assert.equal(issuerOf(` ${issuer} `), issuer);
    }
    for (const none of ['https://acme.example?x', 'https://acme.example/#', 'acme.example', 'https://']) {
      assert.deepEqual(complaintsOf({ ...good, OIDC_ISSUER: none }), ['OIDC_ISSUER'], none);
    }
  });

  it('with settings that do not go together', async () => {
    assert.equal(await openingFails({ PLENUM_MASTER_KEY: good.JWT_SECRET }), 'PLENUM_MASTER_KEY');
    assert.equal(await openingFails({ ZITADEL_DOMAIN: 'acme.example' }), 'ZITADEL_CLIENT_ID');
    assert.equal(await openingFails({ ZITADEL_CLIENT_ID: '33@x' }), 'ZITADEL_DOMAIN');
    assert.equal(await openingFails({}), 'away', 'the database is what is missing then');
  });
});
