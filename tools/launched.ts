/**
 * What the launcher gives a program (`launch.mjs`), for programs that tools start by themselves: where things are found, and how
 * memory is used. Settings of the shell that runs the tool stay out.
 */
export const launched = (environment: NodeJS.ProcessEnv = process.env): Readonly<Record<string, string>> =>
  Object.fromEntries(given.map((name) => [name, environment[name]]).filter(isSet));

const given = ['PATH', 'NODE_COMPILE_CACHE', 'NODE_OPTIONS', 'MALLOC_ARENA_MAX'] as const;

const isSet = (entry: readonly (string | undefined)[]): entry is [string, string] => entry[1] !== undefined;
