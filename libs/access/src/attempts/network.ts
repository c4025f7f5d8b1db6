/**
 * Who counts as one stranger: an IPv4 address, or the 64 bits of an IPv6 address that a provider hands out as a whole,
 * because whoever has them can come from any of the 2^64 addresses in it.
 */
export const networkOf = (address: string): string => {
  const [plain = ''] = address.toLowerCase().split('%');
  const mapped = /^[0:]+ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;
  if (!plain.includes(':')) return plain === '' ? 'unknown' : plain.slice(0, addressMax);
  const [left = '', right] = plain.split('::', 2);
  const before = groupsOf(left);
  // Where `::` stands, there are as many zeros as make it eight groups.
  const after = right === undefined ? [] : groupsOf(right);
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  const groups = [...before, ...zeros, ...after].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`.slice(0, addressMax);
};

/** Longer than any address is: what is no address at all takes no room either. */
const addressMax = 64;

const groupsOf = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));
