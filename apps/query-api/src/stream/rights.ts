/** Whether those who listen still may. Asked of what the authorization tables answer, which is half a second old at most. */
import type { Authenticator } from '@plenum/authentication';
import type { LiveClient } from './live-client.ts';

/** Ends clients whose session, key or token is good no more, and gives the others what they may by now. Never rejects. */
export const recheckRights = async (
  { recheck }: Pick<Authenticator, 'recheck'>,
  clients: Iterable<LiveClient>,
): Promise<void> => {
  const named = [...clients].flatMap(({ shown, ...client }) => (shown === undefined ? [] : [{ shown, client }]));
  const byCredential = Map.groupBy(named, ({ shown }) => `${shown.apiKey ?? ''}\n${shown.authorization ?? ''}`);
  await Promise.all(
    [...byCredential.values()].map(async (alike) => {
      const [first] = alike;
      if (first === undefined) return;
      const answer = await recheck(first.shown);
      for (const { client } of alike) {
        if (answer.outcome === 'authenticated') client.become(answer.identity);
        else client.end(answer.outcome === 'unavailable' ? 'unavailable' : 'not-authenticated');
      }
    }),
  );
};
