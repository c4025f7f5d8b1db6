/** What a Node process spends its time on, asked by its inspector: samples, so short turns count for what they are. */
import { once } from 'node:events';

type Call = { readonly functionName: string; readonly url: string };
type Node = { readonly id: number; readonly callFrame: Call; readonly children?: readonly number[] };

/** As the inspector gives it (Chrome DevTools Protocol, `Profiler.Profile`). */
export type Profile = {
  readonly nodes: readonly Node[];
  readonly samples: readonly number[];
  /** Since the sample before, in µs. */
  readonly timeDeltas: readonly number[];
};

const everyUs = 100;

/** Records for as long as `meanwhile` takes. @param port where the process listens for an inspector (`--inspect`). */
export const profileOf = async (port: number, meanwhile: () => Promise<void>): Promise<Profile> => {
  const [target] = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as readonly {
    readonly webSocketDebuggerUrl: string;
  }[];
  if (target === undefined) throw new Error('the process has no inspector');
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await once(socket, 'open');
  let asked = 0;
  const ask = async (method: string, params: object = {}): Promise<unknown> => {
    asked += 1;
    socket.send(JSON.stringify({ id: asked, method, params }));
    const [{ data }] = (await once(socket, 'message')) as [{ readonly data: string }];
    const { id, result, error } = JSON.parse(data) as { id: number; result: unknown; error?: { message: string } };
    if (id !== asked || error !== undefined) throw new Error(`${method}: ${error?.message ?? 'another answer came'}`);
    return result;
  };
  try {
    await ask('Profiler.enable');
    await ask('Profiler.setSamplingInterval', { interval: everyUs });
    await ask('Profiler.start');
    await meanwhile();
    const { profile } = (await ask('Profiler.stop')) as { readonly profile: Profile };
    return profile;
  } finally {
    socket.close();
  }
};

export type Spent = {
  /** In the function and in all that it calls, in µs. */
  readonly inUs: number;
  /** In which the thread had something to do. */
  readonly busyUs: number;
  readonly allUs: number;
};

/** @throws when the function was not seen: what was not called, or is called otherwise by now, costs nothing. */
export const spentIn = ({ nodes, samples, timeDeltas }: Profile, functionName: string, file: string): Spent => {
  const inside = new Set<number>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const mark = (id: number): void => {
    inside.add(id);
    for (const child of byId.get(id)?.children ?? []) mark(child);
  };
  for (const { id, callFrame } of nodes) {
    if (callFrame.functionName === functionName && callFrame.url.endsWith(file)) mark(id);
  }
  let [inUs, idleUs, allUs] = [0, 0, 0];
  for (const [index, id] of samples.entries()) {
    const us = timeDeltas[index] ?? 0;
    allUs += us;
    if (inside.has(id)) inUs += us;
    if (byId.get(id)?.callFrame.functionName === '(idle)') idleUs += us;
  }
  if (inUs === 0) throw new Error(`${functionName} of ${file} is in none of ${samples.length} samples`);
  return { inUs, busyUs: allUs - idleUs, allUs };
};
