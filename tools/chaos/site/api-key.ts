/** What a site's own questions to its API are let in with: secrets for the programs, and a key that may do everything. */
import { randomBytes, randomUUID } from 'node:crypto';
import { type Foundation, openAccess } from '@plenum/assembly';
import { authenticationSettings } from '@plenum/authentication';
import { readConfig } from '@plenum/config';
import { plenumItself as actor } from '@plenum/event';
import type { EventCodec, Logger } from '@plenum/runtime';

export type SiteSecrets = { readonly JWT_SECRET: string; readonly PLENUM_MASTER_KEY: string };

export const siteSecrets = (): SiteSecrets => ({ JWT_SECRET: newSecret(), PLENUM_MASTER_KEY: newSecret() });

const newSecret = (): string => randomBytes(32).toString('base64url');

/** More than any run asks: it is not the limits that are tried. */
const rateLimit = 10_000_000;

type Issuing = {
  readonly foundation: Pick<Foundation, 'database' | 'log'>;
  readonly codec: EventCodec;
  readonly secrets: SiteSecrets;
  readonly logger: Logger;
};

/** The headers that go with a request. */
export const issueSiteKey = async ({ foundation, codec, secrets, logger }: Issuing): Promise<ApiHeaders> => {
  const config = readConfig(authenticationSettings, secrets);
  const { authentication, close } = await openAccess({ foundation, codec, config, logger });
  try {
    const asked = { name: 'site', role: 'administrator', rateLimit } as const;
    const issued = await authentication.keys.issue({ ...asked, actor, id: randomUUID() });
    if (issued.outcome !== 'done' || issued.secret === undefined) throw new Error('the site got no API key');
    return { 'x-api-key': issued.secret };
  } finally {
    await close();
  }
};

export type ApiHeaders = { readonly 'x-api-key': string };
