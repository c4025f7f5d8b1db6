/** A client whose requests and answers have the types of Plenum's own description. `npm run generate` makes those. */
import createClient from 'openapi-fetch';
import type { paths } from './plenum.ts';

/** What a caller shows: an API key, or the token of a session. */
export type Credential = { readonly apiKey: string } | { readonly token: string };

export const plenumClient = (baseUrl: string, credential: Credential) =>
  createClient<paths>({
    baseUrl,
    headers:
      'apiKey' in credential ? { 'X-API-Key': credential.apiKey } : { Authorization: `Bearer ${credential.token}` },
  });

export type PlenumClient = ReturnType<typeof plenumClient>;
