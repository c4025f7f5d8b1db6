/**
 * What counts as one network: an IPv4 address, or the 64 bits of an IPv6 address that a provider hands out as a whole,
 * because who has them can come from any of the 2^64 addresses in it. Some proxies give the port as well, in
 * `192.0.2.7:51234` or `[2001:db8::7]:51234`: another port is no other network.
 */
export const networkOf = (address: string): string => {
  const plain = withoutPort(address.toLowerCase()).split('%', 1)[0] ?? '';
  if (!plain.includes(':')) return plain === '' ? 'unknown' : plain.slice(0, addressMax);
  const groups = groupsOf(plain);
  return mappedIn(groups) ?? `${groups.slice(0, 4).join(':')}::/64`.slice(0, addressMax);
};

/** Longer than any address is: what is no address at all takes no space either. */
const addressMax = 64;

const withoutPort = (address: string): string =>
  /^\[([^\]]*)\](?::\d+)?$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? address;

/** All eight of an IPv6 address, each without zeros before it. */
const groupsOf = (plain: string): readonly string[] => {
  const [left = '', right = ''] = plain.split('::', 2).map(dottedAsGroups);
  const before = left === '' ? [] : left.split(':');
  const after = right === '' ? [] : right.split(':');
  // Where `::` stands, there are as many zeros as make it eight groups.
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...zeros, ...after].map((group) => group.replace(/^0+(?=.)/, ''));
};

/** The last two groups may be written as an IPv4 address. */
const dottedAsGroups = (text: string): string =>
  text.replace(/(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/, (_, a, b, c, d) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(':'),
  );

/** The IPv4 address in `::ffff:192.0.2.7`, as a server calls its IPv4 clients when it listens on IPv6. */
const mappedIn = (groups: readonly string[]): string | undefined => {
  const [, high, low] = /^0:0:0:0:0:ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(groups.join(':')) ?? [];
  if (high === undefined || low === undefined) return undefined;
  return [high, low].flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]).join('.');
};
