/** Which nodes a command for several is for: those that are enrolled now, whatever the read models show. */
import { binder, type Sql } from '@plenum/read-model';
import { deviceSchema } from '../authorization/authorized-nodes.ts';

/** Everybody, everybody in a zone, or these. */
export type GroupAsked = { readonly zone?: string | undefined; readonly nodes?: readonly string[] | undefined };

export type TargetNode = { readonly node_id: string; readonly disabled: boolean };

export type TargetReads = {
  /** Those that are enrolled, by id; at most so many. */
  readonly nodes: (asked: GroupAsked, max: number) => Promise<readonly TargetNode[]>;
};

export const targetReads = (sql: Sql): TargetReads => ({
  nodes: ({ zone, nodes }, max) => {
    const { parameters, bind } = binder();
    const inZone = zone === undefined ? '' : `and n.zone = ${bind(zone)}`;
    const named = nodes === undefined ? '' : `and n.node_id = any(${bind(nodes)}::text[])`;
    return sql<TargetNode>(
      `select n.node_id, n.disabled from ${deviceSchema}.authorized_node n where not n.removed ${inZone} ${named}
        order by n.node_id limit ${bind(max)}`,
      parameters,
    );
  },
});
