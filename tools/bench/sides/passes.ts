/** Something that is done over and over for a while, whole each time. */
export type Passes = { readonly records: number; readonly ms: number; readonly passes: number };

export const runPasses =
  (pass: () => Promise<number>) =>
  async ({ seconds }: { readonly seconds: number }): Promise<Passes> => {
    const fromMs = performance.now();
    let records = 0;
    let passes = 0;
    do {
      records += await pass();
      passes += 1;
    } while (performance.now() - fromMs < seconds * 1000);
    return { records, passes, ms: performance.now() - fromMs };
  };
