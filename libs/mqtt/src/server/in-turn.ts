/** Things that are ready at different times and go ahead in the order in which they came. */
import { closeWhenAnswered } from './close.ts';
import type { Connection, Server, Waiting } from './state.ts';

export type Behind = Pick<Waiting, 'go' | 'drop'> & {
  /** Those of its connection that came before it, and have not gone ahead. */
  readonly line: Waiting[];
  /** When it is ready; at once, if there is nothing to wait for. */
  readonly ready: Promise<unknown> | undefined;
  /** Called when it has become ready, unless its connection is closed by then. */
  readonly after?: () => void;
};

/** Goes ahead once it is ready and all before it have gone. */
export const goBehind = (server: Server, connection: Connection, { line, ready, go, drop, after }: Behind): void => {
  const waiting = { ready: ready === undefined, sinceMs: Date.now(), go, drop };
  line.push(waiting);
  void ready?.then(() => {
    waiting.ready = true;
    if (connection.stage === 'closed') return;
    goAhead(line);
    server.looksAgain();
    closeWhenAnswered(server, connection);
    after?.();
  });
};

const goAhead = (line: Waiting[]): void => {
  let gone = 0;
  while (line[gone]?.ready === true) {
    line[gone]?.go();
    gone += 1;
  }
  line.splice(0, gone);
};
