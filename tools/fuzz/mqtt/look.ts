/** What the server may hold, after a round and when every session has ended. */
import type { LookedAt } from '@plenum/mqtt/testing';
import type { IngestBalance, IngestLoad } from '@plenum/runtime';

/** Nobody is connected, and nothing is on its way. */
export const roundProblems = (
  looked: LookedAt,
  balance: IngestBalance,
  load: Pick<IngestLoad, 'inHandBytes' | 'connectionsWaiting'>,
): readonly string[] => {
  const { connections, inMemoryBytes, sessions, wills, retainedBytes } = looked;
  const { received, appended, quarantined, discarded, dropped, inHand } = balance;
  const ended = Object.values(dropped).reduce((sum, count) => sum + count, appended + quarantined + discarded);
  return problems({
    [`${connections} connections of clients that are gone`]: connections > 0,
    [`${inMemoryBytes} bytes for clients that are gone`]: inMemoryBytes !== 0,
    [`${sessions} sessions`]: sessions > sessionsMax,
    [`${wills} wills`]: wills > sessionsMax,
    [`${retainedBytes} retained bytes`]: retainedBytes < 0 || retainedBytes > retainedBytesMax,
    [`received ${received}, and ended ${ended} with ${inHand} in hand`]: received !== ended + inHand || inHand !== 0,
    [`${load.inHandBytes} bytes in hand, ${load.connectionsWaiting} connections waiting`]:
      load.inHandBytes !== 0 || load.connectionsWaiting !== 0,
    [`a session with ${looked.queuedMost} messages in memory`]: looked.queuedMost > 0,
  });
};

/** The few names there are, ids that the server gave, and what mutation makes of them, in some rounds. */
const sessionsMax = 1000;
const retainedBytesMax = 16 * 1024;

export const sessionsProblems = (looked: LookedAt): readonly string[] => {
  const { sessions, wills, waiters, inMemoryBytes, hasSubscribers, remembered, taking, retainedBytes } = looked;
  return problems({
    [`${sessions} sessions that are over`]: sessions > 0,
    [`${wills} wills that should be published`]: wills > 0,
    [`${waiters} who wait for acknowledgements that never come`]: waiters > 0,
    [`${inMemoryBytes} bytes for nobody`]: inMemoryBytes !== 0,
    [`${taking} CONNECTs in hand`]: taking > 0,
    [`${remembered} messages are remembered for nobody`]: remembered > 0,
    [`${retainedBytes} retained bytes of nothing`]: retainedBytes !== 0,
    'subscribers without a session': hasSubscribers,
  });
};

const problems = (found: Readonly<Record<string, boolean>>): readonly string[] =>
  Object.entries(found).flatMap(([problem, isSo]) => (isSo ? [problem] : []));
