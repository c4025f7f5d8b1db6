/**
 * Aedes reads nothing more of a connection before it is done with what it has read of it. Messages are held until they are in
 * the log, so that what came behind them would miss the append that is due, and wait for the one after it.
 */
import type { Client } from 'aedes';

/** Whether Aedes may read on when bytes come, and when it is done with a packet. */
export const mayReadOn = (client: Client, may: boolean): void => {
  (client as Client & Parsing)._parsingBatch = may ? 0 : never;
};

/** How many packets it is not done with; it reads on when there are none left. It counts them down by one each time it looks. */
type Parsing = { _parsingBatch: number };

const never = 2 ** 30 - 1;
