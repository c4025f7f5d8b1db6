/**
 * Batches of a projection keep off while its tables are exchanged by the same process. Each would take a connection and wait
 * with it for the checkpoint that the exchange holds, until the new build had none left to catch up with.
 */
import { type Build, nameOfBuild } from '@plenum/read-model';

export const exchanges = () => {
  const underWay = new Map<string, Exchange>();
  const inHand = new Map<string, Set<Promise<unknown>>>();

  /** One exchange of a projection at a time; batches that are in hand already are waited for, but not for long. */
  const exchange = async <T>(build: Build, work: () => Promise<T>): Promise<T> => {
    for (let other = underWay.get(build.name); other !== undefined; other = underWay.get(build.name)) await other.over;
    const over = Promise.withResolvers<void>();
    underWay.set(build.name, { build: nameOfBuild(build), over: over.promise });
    try {
      await settled(batchesBeside(build));
      return await work();
    } finally {
      underWay.delete(build.name);
      over.resolve();
    }
  };

  /** At once for the build that is to be seen: it has to catch up. */
  const batch = async <T>(build: Build, work: () => Promise<T>): Promise<T> => {
    const name = nameOfBuild(build);
    for (let other = underWay.get(build.name); other !== undefined && other.build !== name; ) {
      await other.over;
      other = underWay.get(build.name);
    }
    const batches = inHand.getOrInsertComputed(name, () => new Set());
    const done = work();
    batches.add(done);
    try {
      return await done;
    } finally {
      batches.delete(done);
    }
  };

  const batchesBeside = (build: Build): readonly Promise<unknown>[] =>
    [...inHand].flatMap(([name, batches]) =>
      name !== nameOfBuild(build) && name.startsWith(`${build.name}_v`) ? [...batches] : [],
    );

  return { exchange, batch };
};

type Exchange = { readonly build: string; readonly over: Promise<void> };

const inHandMaxMs = 200;

const settled = async (batches: readonly Promise<unknown>[]): Promise<void> => {
  if (batches.length === 0) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, inHandMaxMs);
  await Promise.race([Promise.allSettled(batches), promise]);
  clearTimeout(timer);
};
