/** Asks the API for commands, takes some back, and asks what became of them. */
import type { CommandSaid, PlannedCommand } from '@plenum/simulation';
import { type Client, everyPage, post, postUnlessLate, together } from '../api/api-client.ts';

export type AskedFor = {
  /** By the id of the command, whether it was said to be taken back; `undefined` where nobody wanted that. */
  readonly commands: ReadonlyMap<string, boolean | undefined>;
  /** None of them was asked for earlier. */
  readonly since: string;
};

/** The clock of the database need not be ours. */
const earlierMs = 60_000;

/** @throws Error with what the API says. */
export const askForCommands = async (
  client: Client,
  planned: readonly PlannedCommand[],
  nodeIds: readonly string[],
): Promise<AskedFor> => {
  const since = new Date(Date.now() - earlierMs).toISOString();
  const asked = await together(planned, async (one) => {
    const { command, parameters, expiresInS: expires_in, answerWithinS: answer_within } = one;
    const body = { ...targetOf(one, nodeIds), command, parameters, expires_in, answer_within };
    const { id } = await post<{ readonly id: string }>(client, '/api/v1/commands', body);
    const isTakenBack = one.isTakenBack ? await postUnlessLate(client, `/api/v1/commands/${id}/cancel`) : undefined;
    return [id, isTakenBack] as const;
  });
  return { commands: new Map(asked), since };
};

const targetOf = ({ target, nodes }: PlannedCommand, nodeIds: readonly string[]): object => {
  const named = nodes.map((node) => nodeIds[node] ?? '');
  if (target.to === 'all') return { target: 'all' };
  if (target.to === 'zone') return { target: `zone:${target.zone}` };
  return target.to === 'node' ? { target: named[0] } : { nodes: named };
};

type Shown = {
  readonly command_id: string;
  readonly node_id: string | null;
  readonly parent: string | null;
  readonly state: string;
  readonly is_final: boolean;
  readonly expires_at: string;
  readonly sent_at: string | null;
};

/** What is said of every command to a node, those that are part of one for several included. @throws Error with what the API says. */
export const commandsSaid = async (client: Client, { commands, since }: AskedFor): Promise<readonly CommandSaid[]> => {
  const shown = await everyPage<Shown>(client, `/api/v1/commands?from=${encodeURIComponent(since)}`);
  return shown.flatMap(({ command_id, node_id, parent, state, is_final, expires_at, sent_at }) => {
    if (node_id === null || !commands.has(parent ?? command_id)) return [];
    const takenBack = commands.get(command_id);
    return [
      {
        ...{ commandId: command_id, nodeId: node_id, state, isFinal: is_final, takenBack },
        ...{ expiresAt: expires_at, sentAt: sent_at },
      },
    ];
  });
};
