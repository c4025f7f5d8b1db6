/** A queue that takes and gives in constant time, however long it is; `Array.shift` does not. */
export type Fifo<T> = {
  push(item: T): void;
  shift(): T | undefined;
  peek(): T | undefined;
  /** Leaves out what is not wanted, in order. */
  keep(wanted: (item: T) => boolean): void;
  length(): number;
};

export const fifo = <T>(): Fifo<T> => {
  let items: (T | undefined)[] = [];
  let head = 0;
  return {
    push: (item) => {
      items.push(item);
    },
    shift: () => {
      const item = items[head];
      if (head >= items.length) return undefined;
      items[head] = undefined; // What was given out must not be kept alive from here.
      head += 1;
      if (head >= items.length || head > compactAt) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
    peek: () => items[head],
    keep: (wanted) => {
      items = items.slice(head).filter((item) => item !== undefined && wanted(item));
      head = 0;
    },
    length: () => items.length - head,
  };
};

/** Items that were given out are cut off once there are this many of them. */
const compactAt = 4096;
