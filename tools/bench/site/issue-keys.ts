/** API keys of a site, issued over the API as people would. */
import type { ApiHeaders } from '../../chaos/site/api-key.ts';
import type { Site } from './start-site.ts';

/** What each of them is let in with. They may read what everybody may. @throws when one is not issued. */
export const issueKeys = async (
  { apiUrl, apiHeaders }: Pick<Site, 'apiUrl' | 'apiHeaders'>,
  count: number,
): Promise<readonly ApiHeaders[]> => {
  const issued: ApiHeaders[] = [];
  while (issued.length < count) {
    const response = await fetch(`${apiUrl}/api/v1/keys`, {
      method: 'POST',
      headers: { ...apiHeaders, 'content-type': 'application/json' },
      body: JSON.stringify({ name: `bench-${issued.length}`, role: 'guest', rate_limit: 1_000, expires_at: null }),
    });
    if (!response.ok) throw new Error(`the API answered ${response.status}: ${await response.text()}`);
    const { key } = (await response.json()) as { readonly key: string }; // As the API declares it.
    issued.push({ 'x-api-key': key });
  }
  return issued;
};
