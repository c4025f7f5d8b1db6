/** Which nodes this process sends their commands, and how: as the listener sees them, or a broker in between. */
import type { DeviceMessages } from '@plenum/runtime';

/** Where nodes are, as seen from here. */
export type WayToNodes = {
  readonly devices: Pick<DeviceMessages, 'publish'>;
  /** Whether this process is to send this node its commands now. */
  reaches(nodeId: string): boolean;
  /** Nodes that are here; `undefined`: all of them, behind a broker. */
  here(): readonly string[] | undefined;
  /** Whether somebody else would get its commands, and not the node itself. */
  isAbsent(nodeId: string): boolean;
  /**
   * The client that a node's commands are for; `undefined`: who subscribes, where the node does not sign in and is absent, or a broker
   * is in between, which cannot be asked for one of its clients.
   */
  clientOf(node: { readonly nodeId: string; readonly signsIn: boolean }): string | undefined;
};
