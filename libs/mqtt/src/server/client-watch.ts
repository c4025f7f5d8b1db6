/** Which clients are connected, and since when: for who wants to know, such as the reporter of presence. */

export type ConnectedClient = {
  readonly clientId: string;
  /** Of the connection, in milliseconds since 1970. */
  readonly sinceMs: number;
  readonly lastPacketMs: number;
  readonly level: 3 | 4 | 5;
  readonly userName: string | undefined;
  readonly keepAliveS: number;
};

export type ClientChange =
  | { readonly change: 'connected'; readonly client: ConnectedClient }
  /** It subscribes to these from now on. A client that comes back to its session has its subscriptions when it is connected. */
  | { readonly change: 'subscribed'; readonly client: ConnectedClient; readonly filters: readonly string[] }
  | {
      readonly change: 'disconnected';
      readonly client: ConnectedClient;
      readonly atMs: number;
      /** `client`: it said so. `lost`: the connection broke. The others are the server's doing. */
      readonly because: 'client' | 'lost' | 'keepalive' | 'taken-over' | 'violation' | 'shutdown' | 'refused';
    };

export type ClientWatch = {
  /** Calls back for every change, in order, until the returned call. */
  onChange(listener: (change: ClientChange) => void): () => void;
  /** Whether somebody who acknowledges would be sent a message on this topic now; with `clientId`, this client. */
  reaches(to: { readonly topic: string; readonly clientId?: string }): boolean;
  /** Who is connected now. */
  connected(): Iterable<ConnectedClient>;
};
