/** `npm run drawings`: see `--help`. The last line on standard output is JSON with `--json`; all else is on the other. */
import { type JudgedCorpus, judgeCorpus } from './judge-corpus.ts';
import { readOptions, UsageError, usage } from './options.ts';
import { judgeAllPictures, type PicturesJudged, unseenMutants } from './pictures/pictures.ts';

const tell = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const main = async (): Promise<number> => {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  const { ceilings, seed, out } = options;
  tell(`drawings: ${ceilings} ceilings with seed ${seed}, in ${out}`);
  const [corpus, judgedSeconds] = await timed(() => judgeCorpus(options));
  const [pictures, picturesSeconds] = options.pictures
    ? await timed(() => judgeAllPictures(corpus.judged, out))
    : [undefined, 0];
  const report = reportOf(corpus, pictures);
  const { files, panels, problems, missing } = report;
  tell(
    `${files} files of ${ceilings} ceilings judged in ${judgedSeconds} s; ${panels.total} panels, ${panels.most} at most`,
  );
  if (pictures !== undefined) tellPictures(pictures, picturesSeconds);
  for (const problem of problems) tell(`FAIL ${problem}`);
  for (const reason of missing) tell(`not judged: ${reason}`);
  const shown = { ceilings, seed, judged_seconds: judgedSeconds, pictures_seconds: picturesSeconds, ...report };
  if (options.json) process.stdout.write(`${JSON.stringify(shown)}\n`);
  return problems.length === 0 && (missing.length === 0 || options.allowMissing) ? 0 : 1;
};

const tellPictures = ({ seen, mutants, sheet }: PicturesJudged, seconds: number): void => {
  for (const { name, found } of seen) tell(`${name}: ${JSON.stringify(found)}`);
  for (const [name, problems] of Object.entries(mutants)) tell(`${name}: ${problems.join('; ')}`);
  tell(`${seen.length} ceilings in pictures in ${seconds} s: ${sheet ?? 'none'}`);
};

const reportOf = ({ judged, missing }: JudgedCorpus, pictures: PicturesJudged | undefined) => {
  const panels = judged.map(({ ceiling }) => ceiling.layout.total_panels);
  return {
    files: judged.length * 3,
    panels: { total: panels.reduce((sum, count) => sum + count, 0), most: Math.max(...panels) },
    pictures: pictures?.seen.length ?? 0,
    ...(pictures === undefined ? {} : { agree: Math.min(1, ...pictures.seen.map(({ found }) => found.agree)) }),
    problems: [
      ...judged.flatMap(({ ceiling, problems }) => problems.map((problem) => `${ceiling.name} ${problem}`)),
      ...(pictures?.seen.flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}`)) ?? []),
      ...(pictures === undefined ? [] : unseenMutants(pictures)),
    ],
    missing: [...missing, ...(pictures?.missing ?? [])],
  };
};

const timed = async <T>(work: () => Promise<T>): Promise<readonly [result: T, seconds: number]> => {
  const startedMs = performance.now();
  const result = await work();
  return [result, Math.round((performance.now() - startedMs) / 100) / 10];
};

try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = error instanceof UsageError ? 64 : 1;
  process.stderr.write(`${error instanceof UsageError ? error.message : (error as Error).stack}\n`);
}
