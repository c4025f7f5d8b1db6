/**
 * Whether a page may open a WebSocket here. Browsers let every page of the internet connect to this machine's ports,
 * so without this any of them could publish commands; programs send no Origin and are not concerned.
 */
export const originAllowed = (origin: string | undefined, allowed: readonly string[]): boolean => {
  if (origin === undefined) return true;
  const hostname = URL.parse(origin)?.hostname;
  return hostname !== undefined && (localNames.has(hostname) || allowed.includes(origin));
};

const localNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
