/** What is asked when a node signs in, and while it is connected. */
import type { Sql } from '@plenum/read-model';
import { deviceSchema } from './authorized-nodes.ts';

export type AuthorizedNode = {
  readonly node_id: string;
  readonly sensors: readonly string[];
  /** SHA-256 of each key that opens something, by the key's id. */
  readonly keys: Readonly<Record<string, string>>;
  /** The common name of the certificate that it signs in with. */
  readonly certificate: string | null;
  readonly disabled: boolean;
};

export type AuthorizedNodeReads = {
  /** Those of many that are enrolled, in any order. */
  readonly nodes: (nodeIds: readonly string[]) => Promise<readonly AuthorizedNode[]>;
  /** Those that are enrolled, by id; of those behind one, at most so many. */
  readonly page: (afterNode: string | undefined, limit: number) => Promise<readonly AuthorizedNode[]>;
  /** Another text after every decision about any node, so that one question says whether nothing was missed. */
  readonly mark: () => Promise<string>;
};

export const authorizedNodeReads = (sql: Sql): AuthorizedNodeReads => ({
  nodes: (nodeIds) =>
    sql(
      `select node_id, sensors, keys, certificate, disabled from ${deviceSchema}.authorized_node
        where node_id = any($1) and not removed`,
      [nodeIds],
    ),
  page: (afterNode, limit) =>
    sql(
      `select node_id, sensors, keys, certificate, disabled from ${deviceSchema}.authorized_node
        where ($1::text is null or node_id > $1) and not removed order by node_id limit $2`,
      [afterNode ?? null, limit],
    ),
  // Every change of a row raises its version, and no row is ever deleted.
  mark: async () => {
    const [row] = await sql<{ readonly mark: string }>(
      `select coalesce(sum(stream_version), 0)::text as mark from ${deviceSchema}.authorized_node`,
      [],
    );
    return row?.mark ?? '';
  },
});
